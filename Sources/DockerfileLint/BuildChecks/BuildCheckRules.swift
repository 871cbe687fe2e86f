/// BuildKit's build checks, under their names.
enum BuildCheckRules {
    static let all: [any LintRule.Type] = [
        ConsistentInstructionCasing.self,
        CopyIgnoredFile.self,
        DuplicateStageName.self,
        ExposeInvalidFormat.self,
        ExposeProtoCasing.self,
        FromAsCasing.self,
        FromPlatformFlagConstDisallowed.self,
        InvalidBaseImagePlatform.self,
        InvalidDefaultArgInFrom.self,
        InvalidDefinitionDescription.self,
        JSONArgsRecommended.self,
        LegacyKeyValueFormat.self,
        MaintainerDeprecated.self,
        MultipleInstructionsDisallowed.self,
        NoEmptyContinuation.self,
        RedundantTargetPlatform.self,
        ReservedStageName.self,
        SecretsUsedInArgOrEnv.self,
        StageNameCasing.self,
        UndefinedArgInFrom.self,
        UndefinedVar.self,
        WorkdirRelativePath.self,
    ]
}
