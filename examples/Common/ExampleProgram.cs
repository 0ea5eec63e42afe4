using System.CommandLine;

namespace Examples.Common;

/// <summary>How an example runs and ends.</summary>
public static class ExampleProgram
{
    /// <summary>What the help says of exit codes.</summary>
    public const string ExitCodes = """
        Exit code: 0 when all went well, 1 when the data cannot be had or the output
        cannot be written, 2 for a wrong command line, 130 after Ctrl+C, 143 after
        SIGTERM.
        """;

    /// <summary>
    /// Runs an example: exit code 0, 1 when data or output cannot be had, 2 for a wrong command line, 130 when it was cancelled.
    /// </summary>
    /// <typeparam name="TOptions">What the example is told.</typeparam>
    /// <param name="line">Its command line.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="read">
    /// Takes the options from the command line; an <see cref="ArgumentException"/> says which do not go together.
    /// </param>
    /// <param name="run">The work.</param>
    /// <param name="output">Where the help goes.</param>
    /// <param name="errors">Where messages go.</param>
    /// <param name="cancelled">The message after a cancellation.</param>
    public static int Run<TOptions>(
        CommandLine line,
        IReadOnlyList<string> arguments,
        Func<ParseResult, TOptions> read,
        Action<TOptions> run,
        TextWriter output,
        TextWriter errors,
        string cancelled = "Cancelled."
    )
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(errors);
        return line.Run(arguments, read, options => Run(() => run(options), errors, cancelled), output, errors);
    }

    private static int Run(Action run, TextWriter errors, string cancelled)
    {
        try
        {
            run();
            return 0;
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine(cancelled);
            return 130;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ArithmeticException)
        {
            errors.WriteLine(e.Message);
            return 1;
        }
    }
}
