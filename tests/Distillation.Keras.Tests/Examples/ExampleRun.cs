namespace Distillation.Keras.Tests.Examples;

/// <summary>What came of a run of an example.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to the standard output, which was no terminal.</param>
/// <param name="Errors">What it wrote to the standard error.</param>
/// <param name="Left">The files that it left, as paths below its home folder.</param>
internal sealed record ExampleRun(int ExitCode, string Output, string Errors, IReadOnlyList<string> Left);
