extension ShellParser {
    /// Takes over the commands of a script that was read from a copy of a part of the text.
    /// - Parameter places: for each byte of the copy, the one that it stands for.
    mutating func adopt(_ read: ShellScript, _ places: [Int], behind end: Int) {
        func moved(_ range: Range<Int>) -> Range<Int> {
            let start = range.lowerBound < places.count ? places[range.lowerBound] : end
            guard !range.isEmpty, range.upperBound <= places.count else { return start..<max(start, end) }
            return start..<(places[range.upperBound - 1] + 1)
        }
        func moved(_ word: ShellWord) -> ShellWord {
            var word = word
            word.range = moved(word.range)
            for index in word.variables.indices { word.variables[index].range = moved(word.variables[index].range) }
            return word
        }
        let firstScope = script.scopes.count
        let firstPipeline = pipelines
        for (index, scope) in read.scopes.enumerated() {
            script.scopes.append(
                ShellScope(
                    kind: index == 0 ? .commandSubstitution : scope.kind,
                    parent: scope.parent.map { $0 + firstScope } ?? self.scope, range: moved(scope.range)))
        }
        for command in read.commands {
            var command = command
            command.words = command.words.map(moved)
            command.assignments = command.assignments.map(moved)
            for index in command.redirections.indices {
                command.redirections[index].target = moved(command.redirections[index].target)
                command.redirections[index].range = moved(command.redirections[index].range)
            }
            command.range = moved(command.range)
            command.scope += firstScope
            command.pipeline += firstPipeline
            script.commands.append(command)
            pipelines = max(pipelines, command.pipeline + 1)
        }
        script.pipes += read.pipes.map { places[$0] }
    }
}
