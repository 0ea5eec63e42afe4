module KerasPorts.FSharp.Program

open System

[<EntryPoint>]
let main arguments =
    PortsProgram.Run(arguments, Console.Out, Console.Error)
