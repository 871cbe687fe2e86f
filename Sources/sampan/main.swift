import Glibc
import SampanCommands

// Not an asynchronous main: it would start threads before the first statement, and a sandbox's helper must have none.
SampanProgram.serveSandbox()
SampanProgram.servePlainly()
Task.detached { await SampanProgram.main() }
// Not dispatchMain: it ends this thread by pthread_exit, for which glibc loads libgcc_s, which machines may not have.
while true { pause() }
