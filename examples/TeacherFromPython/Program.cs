using Examples.Common;

using var interruption = new Interruption();
return interruption.Run(token => TeacherFromPython.TeacherProgram.Run(args, Console.Out, Console.Error, token));
