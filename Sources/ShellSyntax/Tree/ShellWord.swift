// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
/// One word of a shell script.
package struct ShellWord: Hashable, Sendable {
    /// A parameter expansion inside a word.
    package struct Variable: Hashable, Sendable {
        /// Empty for expansions without a plain name, such as `${!x}`.
        package var name: String
        /// From `$` to the last byte of the expansion, in bytes of the script.
        package var range: Range<Int>
        package var isQuoted: Bool
        /// Written with an operator that gives a value of its own when the variable is unset (`${x:-y}` and the like).
        package var hasDefault: Bool
    }

    /// Quotes and escapes are removed. A parameter stands as `${…}` with what was inside, a command as `$(…)` with the
    /// words of its commands, backquotes and arithmetic as `${VAR}`: what rules that look for signs in words want.
    package var text: String
    /// Bytes of the script, quotes included.
    package var range: Range<Int>
    /// Parameter expansions in order, also those inside the word of another expansion.
    package var variables: [Variable] = []
    /// Some part of the word is known only when the script runs: a parameter, a command, arithmetic.
    package var hasExpansion = false
    /// Holds `*`, `?` or `[` outside quotes.
    package var hasGlob = false
    /// Some part is quoted or escaped.
    package var hasQuotes = false
    /// Is expanded to several words by braces, or is a process substitution: ``text`` leaves that part out.
    package var isCompound = false

    /// The text is what the program gets.
    package var isLiteral: Bool { !hasExpansion && !hasGlob && !isCompound }
}
