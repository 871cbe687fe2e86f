import Dispatch
import SampanCommands

// Not an asynchronous main: it would start threads before the first statement, and a sandbox's helper must have none.
SampanProgram.serveSandbox()
SampanProgram.servePlainly()
Task { await SampanProgram.main() }
dispatchMain()
