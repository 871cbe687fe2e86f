// https://pubs.opengroup.org/onlinepubs/9799919799/functions/contents.html
// https://docs.openssl.org/3.0/man3/SSL_CTX_load_verify_locations/

/// Functions of C and C++ libraries, and types of Swift's, whose use tells what a program wants at run time.
enum NamedFunctions {
    enum Meaning: Hashable {
        case need(BinaryFacts.Need)
        case stackProtector
    }

    private static let names: [(Meaning, [String])] = [
        (.stackProtector, ["__stack_chk_fail", "__stack_chk_fail_local", "__stack_chk_guard"]),
        (
            .need(.certificates),
            [
                "SSL_CTX_set_default_verify_paths", "SSL_CTX_set_default_verify_dir", "SSL_CTX_set_default_verify_file",
                "SSL_CTX_set_default_verify_store", "X509_STORE_set_default_paths", "X509_STORE_load_locations",
                "X509_get_default_cert_file", "X509_get_default_cert_dir", "gnutls_certificate_set_x509_system_trust",
                "gnutls_x509_trust_list_add_system_trust", "curl_easy_perform", "curl_multi_perform",
                "curl_multi_socket_action",
            ]
        ),
        (
            .need(.timeZones),
            [
                "localtime", "localtime_r", "localtime64", "localtime64_r", "__localtime64", "__localtime64_r",
                "mktime",
                "__mktime64", "tzset", "_ZNSt6chrono11locate_zoneESt17basic_string_viewIcSt11char_traitsIcEE",
            ]
        ),
        (
            .need(.users),
            [
                "getpwnam", "getpwnam_r", "getpwuid", "getpwuid_r", "getpwent", "getpwent_r", "getgrnam", "getgrnam_r",
                "getgrgid", "getgrgid_r", "getgrent", "getgrent_r", "getgrouplist", "initgroups", "getlogin",
                "getlogin_r",
            ]
        ),
        (
            .need(.names),
            [
                "getaddrinfo", "gethostbyname", "gethostbyname_r", "gethostbyname2", "gethostbyname2_r",
                "gethostbyaddr",
                "gethostbyaddr_r", "getnameinfo", "res_query", "__res_query", "res_nquery", "__res_nquery",
                "res_search",
                "__res_search", "res_nsearch", "__res_nsearch", "getaddrinfo_a",
            ]
        ),
        (
            .need(.temporaryFiles),
            [
                "mkstemp", "mkstemp64", "mkstemps", "mkstemps64", "mkostemp", "mkostemp64", "mkostemps", "mkostemps64",
                "mkdtemp", "mktemp", "tmpfile", "tmpfile64", "tmpnam", "tmpnam_r", "tempnam",
                "_ZNSt10filesystem19temp_directory_pathB5cxx11Ev", "_ZNSt10filesystem19temp_directory_pathEv",
            ]
        ),
        (
            .need(.shell),
            [
                "system", "popen", "_IO_popen", "wordexp", "execl", "execlp", "execle", "execv", "execve", "execvp",
                "execvpe", "execveat", "fexecve", "posix_spawn", "posix_spawnp",
            ]
        ),
    ]

    /// Starts of Swift's names: structures and classes of Foundation.
    private static let prefixes: [(Meaning, String)] = [
        (.need(.timeZones), "$s10Foundation8TimeZoneV"),
        (.need(.timeZones), "$s20FoundationEssentials8TimeZoneV"),
        (.need(.shell), "$s10Foundation7ProcessC"),
        (.need(.certificates), "$s20FoundationNetworking10URLSessionC"),
        (.need(.names), "$s20FoundationNetworking10URLSessionC"),
    ]

    private static let byHash: [UInt64: (name: [UInt8], meaning: Meaning)] = {
        var table: [UInt64: (name: [UInt8], meaning: Meaning)] = [:]
        for (meaning, names) in names {
            for name in names { table[hash(name.utf8)] = (Array(name.utf8), meaning) }
        }
        return table
    }()

    private static let longest = names.flatMap(\.1).map(\.utf8.count).max() ?? 0

    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// What a table of symbols tells.
    /// - Parameter undefinedOnly: leaves out what the file itself holds, which libraries do for others.
    static func look(at symbols: ELFFile.Symbols, undefinedOnly: Bool) -> Set<Meaning> {
        let table = byHash
        let longest = longest
        var found: Set<Meaning> = []
        symbols.names.bytes.withUnsafeBytes { names in
            for index in 1..<max(1, symbols.count) {
                guard let symbol = symbols[index], symbol.isUndefined || !undefinedOnly,
                    let start = Int(exactly: symbol.name), start < names.count
                else { continue }
                var hash: UInt64 = 0xcbf2_9ce4_8422_2325
                var end = start
                while end < names.count, names[end] != 0, end - start <= longest {
                    hash = (hash ^ UInt64(names[end])) &* 0x100_0000_01b3
                    end += 1
                }
                let name = names[start..<end]
                if let entry = table[hash], name.elementsEqual(entry.name) {
                    found.insert(entry.meaning)
                } else if name.first == UInt8(ascii: "$") {
                    for (meaning, prefix) in prefixes where name.starts(with: prefix.utf8) { found.insert(meaning) }
                }
            }
        }
        return found
    }
}
