using Examples.Common;
using Methods;

// What is finished is kept, and the next run goes on from there.
using var interruption = new Interruption();
return interruption.Run(token => MethodsProgram.Run(args, Console.Out, Console.Error, token));
