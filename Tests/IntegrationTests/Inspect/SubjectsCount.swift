/// Counts what an image holds in a way of its own: Python applies the layers of an OCI layout to a table of paths.
/// Layers are compressed with gzip or not at all, and hard links lead to names of the same layer, as tar has them.
enum LayerCount {
    /// Takes the layout's directory, whose index has one image, and prints JSON:
    /// - `content`: bytes of all contents of all layers;
    /// - `tree`, `files`: bytes and number of the files of the final tree, whatever the number of their names;
    /// - `waste`: kind, first path, bytes, layer of what is not in the tree, and the layer that took it away;
    /// - `paths`: of the tree type, mode, owner, group, bytes, layer and SHA-256 by path.
    static let program = #"""
        import hashlib, json, os, sys, tarfile

        class File:
            def __init__(self, path, layer, size, digest):
                self.path, self.layer, self.size, self.digest = path, layer, size, digest
                self.names, self.end = set(), None

        def clean(name):
            return os.path.normpath("/" + name).lstrip("/")

        def blob(root, digest):
            return os.path.join(root, "blobs", *digest.split(":"))

        root = sys.argv[1]
        with open(os.path.join(root, "index.json")) as index:
            digest = json.load(index)["manifests"][0]["digest"]
        with open(blob(root, digest)) as manifest:
            layers = json.load(manifest)["layers"]
        files, tree, again = [], {}, []

        def leave(path, layer, replacement=None):
            entry = tree.pop(path, None)
            if entry and entry["file"]:
                file = entry["file"]
                file.names.discard(path)
                if file.layer != layer:
                    file.end = (layer, replacement)

        def leave_below(path, layer):
            for name in [name for name in tree if name.startswith(path + "/")]:
                leave(name, layer)

        for number, layer in enumerate(layers, 1):
            new, gone, opaque, own, first = {}, [], [], [], len(files)
            with tarfile.open(blob(root, layer["digest"])) as archive:
                for member in archive:
                    path = clean(member.name)
                    parent, name = os.path.split(path)
                    if not path:
                        continue
                    if name == ".wh..wh..opq":
                        opaque.append(parent)
                        continue
                    if name.startswith(".wh."):
                        gone.append(os.path.join(parent, name[4:]))
                        continue
                    entry = {"type": "pipe" if member.isfifo() else "device", "file": None,
                        "mode": member.mode & 0o7777, "uid": member.uid, "gid": member.gid}
                    if member.isreg():
                        digest = hashlib.sha256(archive.extractfile(member).read()).hexdigest()
                        entry["type"], entry["file"] = "file", File(path, number, member.size, digest)
                        own.append(entry["file"])
                    elif member.islnk():
                        entry = dict(new[clean(member.linkname)])
                    elif member.isdir():
                        entry["type"] = "directory"
                    elif member.issym():
                        entry["type"], entry["target"] = "link", member.linkname
                    new[path] = entry
            kept = {id(entry["file"]) for entry in new.values()}
            files += [file for file in own if id(file) in kept]
            again += [[number, file.size] for file in own if id(file) not in kept]
            for path in gone:
                leave_below(path, number)
                leave(path, number, new.get(path, {}).get("file"))
            for path in opaque:
                for name in [name for name in tree if name.startswith(path + "/")]:
                    leave(name, number, new.get(name, {}).get("file"))
            for path in sorted(new):
                entry = new[path]
                if entry["type"] != "directory" and tree.get(path, {}).get("type") == "directory":
                    leave_below(path, number)
                leave(path, number, entry["file"])
                if entry["file"]:
                    entry["file"].names.add(path)
                tree[path] = entry

        waste = [["rewritten", "/", sum(size for layer, size in again if layer == number), number, number]
            for number in sorted({layer for layer, size in again if size})]
        for file in files:
            if file.names or not file.size:
                continue
            layer, replacement = file.end
            kind = "deleted"
            if replacement:
                kind = "metadataCopy" if replacement.digest == file.digest else "rewritten"
            waste.append([kind, "/" + file.path, file.size, file.layer, layer])
        alive = {id(entry["file"]): entry["file"] for entry in tree.values() if entry["file"]}.values()
        print(json.dumps({
            "content": sum(file.size for file in files) + sum(size for _, size in again),
            "tree": sum(file.size for file in alive), "files": len(alive), "waste": sorted(waste),
            "paths": {"/" + path: [entry["type"], "%o" % entry["mode"], entry["uid"], entry["gid"]]
                + ([entry["file"].size, entry["file"].layer, entry["file"].digest] if entry["file"] else [])
                for path, entry in tree.items()}}))
        """#
}
