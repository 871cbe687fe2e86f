// Where the forms are described:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html (AKIA, ASIA)
// https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
// https://docs.gitlab.com/security/tokens/#token-prefixes
// https://api.slack.com/authentication/token-types
// https://docs.stripe.com/keys
// https://developer.hashicorp.com/vault/docs/concepts/tokens
// https://warehouse.pypa.io/api-reference/ and https://github.com/FiloSottile/age

extension TokenRule {
    /// Of one prefix the stricter rule first.
    static let all: [TokenRule] = keys + clouds + forges + packages + services

    private static let keys = [
        TokenRule("private-key", "a private key", "-----BEGIN ", .privateKey),
        TokenRule("private-key", "a private key of PuTTY", "Private-Lines: ", .characters(.digit, 1...3)),
        TokenRule("age-key", "a secret key of age", "AGE-SECRET-KEY-1", .characters([.upper, .digit], 58...58)),
    ]

    private static let clouds = [
        TokenRule("aws-access-key", "an access key of AWS", "AKIA", .characters([.upper, .digit], 16...16)),
        TokenRule("aws-access-key", "a temporary access key of AWS", "ASIA", .characters([.upper, .digit], 16...16)),
        TokenRule("aws-secret-key", "a secret key of AWS", "aws_secret_access_key", .assigned(.base64Text, 40...40)),
        TokenRule("aws-secret-key", "a secret key of AWS", "AWS_SECRET_ACCESS_KEY", .assigned(.base64Text, 40...40)),
        TokenRule("google-api-key", "an API key of Google", "AIza", .characters(.url, 35...35)),
        TokenRule("google-client-secret", "a client secret of Google", "GOCSPX-", .characters(.url, 28...28)),
        TokenRule("google-access-token", "an access token of Google", "ya29.", .characters(.url, 60...2048)),
        TokenRule("azure-storage-key", "a key of Azure storage", "AccountKey=", .characters(.base64Text, 86...88)),
        TokenRule("digitalocean-token", "a token of DigitalOcean", "dop_v1_", .characters([.lower, .digit], 64...64)),
        TokenRule("digitalocean-token", "a token of DigitalOcean", "doo_v1_", .characters([.lower, .digit], 64...64)),
        TokenRule("vault-token", "a token of Vault", "hvs.", .characters(.url, 24...300)),
        TokenRule("vault-token", "a batch token of Vault", "hvb.", .characters(.url, 100...400)),
        TokenRule("alibaba-access-key", "an access key of Alibaba Cloud", "LTAI", .characters(.alphanumeric, 20...20)),
    ]

    private static let forges = [
        TokenRule(
            "github-token", "a personal token of GitHub", "github_pat_",
            .characters([.alphanumeric, .underscore], 82...82)),
        TokenRule("github-token", "a personal token of GitHub", "ghp_", .characters(.alphanumeric, 36...36)),
        TokenRule("github-token", "an OAuth token of GitHub", "gho_", .characters(.alphanumeric, 36...36)),
        TokenRule("github-token", "a user's token of a GitHub app", "ghu_", .characters(.alphanumeric, 36...36)),
        TokenRule("github-token", "a token of a GitHub app", "ghs_", .characters(.alphanumeric, 36...36)),
        TokenRule("github-token", "a refresh token of GitHub", "ghr_", .characters(.alphanumeric, 36...76)),
        TokenRule("gitlab-token", "a personal token of GitLab", "glpat-", .characters([.url, .dot], 20...300)),
        TokenRule("gitlab-token", "a deploy token of GitLab", "gldt-", .characters(.url, 20...64)),
        TokenRule("gitlab-token", "a runner's token of GitLab", "glrt-", .characters([.url, .dot], 20...64)),
        TokenRule("gitlab-token", "a job's token of GitLab", "glcbt-", .characters(.url, 20...64)),
        TokenRule("gitlab-token", "a trigger's token of GitLab", "glptt-", .characters(.url, 40...64)),
        TokenRule("bitbucket-token", "an app password of Bitbucket", "ATBB", .characters(.alphanumeric, 32...32)),
        TokenRule("atlassian-token", "an API token of Atlassian", "ATATT3", .characters([.url, .base64], 180...200)),
    ]

    private static let packages = [
        TokenRule("npm-token", "a token of npm", "npm_", .characters(.alphanumeric, 36...36)),
        TokenRule("pypi-token", "a token of PyPI", "pypi-AgE", .characters(.url, 80...400)),
        TokenRule("rubygems-token", "a token of RubyGems", "rubygems_", .characters([.lower, .digit], 48...48)),
        TokenRule("crates-token", "a token of crates.io", "cio", .characters(.alphanumeric, 32...32)),
        TokenRule("docker-hub-token", "a token of Docker Hub", "dckr_pat_", .characters(.url, 27...36)),
    ]

    private static let services = [
        TokenRule("slack-token", "a bot's token of Slack", "xoxb-", .characters([.alphanumeric, .dash], 40...120)),
        TokenRule("slack-token", "a user's token of Slack", "xoxp-", .characters([.alphanumeric, .dash], 40...160)),
        TokenRule("slack-token", "an app's token of Slack", "xapp-", .characters([.alphanumeric, .dash], 60...160)),
        TokenRule("slack-webhook", "a web hook of Slack", "hooks.slack.com/services/", .slackHook),
        TokenRule("stripe-key", "a live key of Stripe", "sk_live_", .characters(.alphanumeric, 24...128)),
        TokenRule("stripe-key", "a live restricted key of Stripe", "rk_live_", .characters(.alphanumeric, 24...128)),
        TokenRule("anthropic-key", "an API key of Anthropic", "sk-ant-", .characters(.url, 80...160)),
        TokenRule("openai-key", "an API key of OpenAI", "sk-", .characters(.url, 40...200), marker: "T3BlbkFJ"),
        TokenRule("sendgrid-key", "an API key of SendGrid", "SG.", .characters([.url, .dot], 66...66), marker: "."),
        TokenRule("huggingface-token", "a token of Hugging Face", "hf_", .characters(.letters, 34...34)),
        TokenRule("shopify-token", "a token of Shopify", "shpat_", .characters([.lower, .upper, .digit], 32...32)),
    ]
}
