return NotebookPort.NotebookProgram.Run(args, Console.Out, Console.Error);
