/// What a shell does itself.
package enum ShellBuiltins {
    package static let names: Set<String> = [
        ".", ":", "[", "alias", "cd", "command", "echo", "eval", "exit", "export", "printf", "pwd", "read", "set",
        "source", "test", "times", "trap", "type", "ulimit", "umask", "unset", "wait", "true", "false",
    ]
}
