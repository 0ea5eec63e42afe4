using Methods;

// Ctrl+C ends the fit after the step under way; what is finished is kept, and the next run goes on from there.
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};
return MethodsProgram.Run(args, Console.Out, Console.Error, cancellation.Token);
