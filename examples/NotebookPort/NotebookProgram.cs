using Examples.Common;

namespace NotebookPort;

/// <summary>The notebook as a program.</summary>
public static class NotebookProgram
{
    /// <summary>Runs it. The notebook's own output goes to the console, as that of training does.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where the help goes.</param>
    /// <param name="errors">Where messages go.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors) =>
        ExampleProgram.Run(Options.Line, arguments, Options.Read, Notebook.Run, output, errors);
}
