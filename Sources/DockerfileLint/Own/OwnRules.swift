/// What neither hadolint nor BuildKit sees.
enum OwnRules {
    static let all: [any LintRule.Type] = [
        SMP2001.self,
        SMP2002.self,
        SMP2003.self,
        SMP2004.self,
        SMP2010.self,
        SMP2011.self,
        SMP2012.self,
        SMP2013.self,
        SMP2014.self,
        SMP2020.self,
        SMP2021.self,
        SMP2022.self,
        SMP2030.self,
        SMP2031.self,
        SMP2032.self,
        SMP2033.self,
        SMP2040.self,
        SMP2041.self,
        SMP2042.self,
        SMP2043.self,
    ]
}
