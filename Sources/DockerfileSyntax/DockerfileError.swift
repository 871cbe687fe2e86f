package import Core

/// A mistake in a Dockerfile: what it is, and where.
package struct DockerfileError: DiagnosticConvertible, Sendable {
    package var kind: Kind
    package var span: SourceSpan?

    package init(_ kind: Kind, at span: SourceSpan?) {
        self.kind = kind
        self.span = span
    }

    package enum Arity: Sendable, Equatable {
        case atLeastOne, exactlyOne, atLeastTwo
    }

    package enum Kind: Sendable, Equatable {
        // The text
        case nulByte
        case invalidUTF8
        case noInstructions
        case repeatedDirective(String)
        case invalidEscape(String)
        case foreignFrontend(String)
        case unterminatedHeredoc(name: String)
        case malformedHeredoc(ExpansionError.Kind)
        case notAllStrings
        case missingPairValue(keyword: String)
        case missingEquals(word: String)

        // Instructions
        case emptyContinuation
        case unknownInstruction(String)
        case missingArguments(keyword: String, Arity)
        case instructionBeforeFrom(String)
        case noStage
        case fromArguments
        case invalidStageName(String)
        case reservedStageName(String)
        case blankName(keyword: String)
        case notJSON(keyword: String)
        case emptyVolume
        case heredocDestination(keyword: String)
        case heredocInJSON(keyword: String)
        case destinationNotDirectory(keyword: String, destination: String)
        case chainedOnbuild
        case forbiddenTrigger(String)
        case unknownHealthcheck(String)
        case healthcheckNoneArguments
        case healthcheckMissingCommand

        // Flags
        case unknownFlag(flag: String, keyword: String, known: [String])
        case duplicateFlag(String)
        case flagNeedsValue(flag: String, keyword: String)
        case flagNotBoolean(flag: String, value: String)
        case unknownFlagValue(flag: String, value: String, known: [String])
        case invalidDuration(flag: String, value: String)
        case durationTooShort(flag: String, value: String)
        case invalidRetries(String)
        case devicesUnsupported
        case variableInFrom

        // Mounts
        case malformedMount
        case unknownMountType(String)
        case unknownMountOption(option: String, known: [String])
        case mountOptionNeedsValue(String)
        case mountOptionNotForType(option: String, type: String)
        case invalidMountValue(option: String, value: String, expected: String)
        case secretWithoutName
        case secretSourceAndID
        case mountWithoutTarget(type: String)

        // Words
        case expansion(ExpansionError.Kind)
        case invalidMode(String)
        case invalidOwner(String)
        case invalidPattern(String)

        /// The text is no Dockerfile at all for BuildKit's parser, whatever its instructions mean.
        package var isSyntax: Bool {
            switch self {
            case .nulByte, .invalidUTF8, .noInstructions, .repeatedDirective, .invalidEscape, .unterminatedHeredoc,
                .malformedHeredoc, .notAllStrings, .missingPairValue, .missingEquals:
                true
            default: false
            }
        }
    }
}
