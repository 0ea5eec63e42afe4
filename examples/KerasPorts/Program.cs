return KerasPorts.PortsProgram.Run(args, Console.Out, Console.Error);
