import SampanCommands

await SampanProgram.main()
