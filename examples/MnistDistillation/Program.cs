using Examples.Common;
using MnistDistillation;

using var interruption = new Interruption();
return interruption.Run(token => MnistProgram.Run(args, Console.Out, Console.Error, token));
