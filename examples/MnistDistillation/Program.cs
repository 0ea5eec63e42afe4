using MnistDistillation;

// Ctrl+C ends the fit after the step under way, and the program with the exit code that shells expect.
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};
return MnistProgram.Run(args, Console.Out, Console.Error, cancellation.Token);
