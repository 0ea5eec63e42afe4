using Distillation.Keras.Backend;

namespace Distillation.Keras.CodeGeneration;

/// <summary>The command line: writes the generated files of a repository, or checks them.</summary>
internal static class Generation
{
    /// <summary>What writes the files anew.</summary>
    public const string Command = "dotnet run --project tests/Distillation.Keras.CodeGeneration";

    private const string Help = $"""
        Writes the sources that follow from others: the lower-case facade, and the
        combinations of Compile's arguments.

          {Command}
          {Command} -- --check

        The first writes them, the second names those that would change. Exits with
        0 where all is well, with 1 where the check found something.
        """;

    /// <summary>Runs the program.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="root">The folder of the repository.</param>
    /// <param name="output">Where the files that were written are named.</param>
    /// <param name="error">Where the files that differ are named.</param>
    /// <returns>0, or 1 where the check found something, or 2 for a command line that cannot be understood.</returns>
    public static int Run(string[] args, string root, TextWriter output, TextWriter error)
    {
        switch (args)
        {
            case []:
                Write(root, output);
                return 0;
            case ["--check"]:
                string problem = Check(root);
                (problem.Length == 0 ? output : error).WriteLine(
                    problem.Length == 0 ? "The generated files are as they should be." : problem
                );
                return problem.Length == 0 ? 0 : 1;
            case ["--help"] or ["-h"]:
                output.WriteLine(Help);
                return 0;
            default:
                error.WriteLine($"Not understood: {string.Join(' ', args)}\n\n{Help}");
                return 2;
        }
    }

    /// <summary>Compares the files with what would be written.</summary>
    /// <param name="root">The folder of the repository.</param>
    /// <returns>Each file that differs, and the command that writes them; empty where none does.</returns>
    public static string Check(string root)
    {
        string[] problems =
        [
            .. GeneratedFile
                .All.Where(f => !f.IsWrittenIn(root))
                .Select(f => $"{f.Path} {(File.Exists(f.PathIn(root)) ? "is not what would be written" : "is missing")}"),
            .. GeneratedFile.LeftOverIn(root).Select(path => $"{path} is generated, but is not written any more"),
        ];
        return problems.Length == 0
            ? string.Empty
            : $"Generated files must follow from what they are generated from, but:\n  {string.Join("\n  ", problems)}\nWrite them "
                + $"anew: {Command}";
    }

    private static void Write(string root, TextWriter output)
    {
        foreach (GeneratedFile file in GeneratedFile.All.Where(f => !f.IsWrittenIn(root)))
        {
            SafeFile.Write(file.PathIn(root), file.Text);
            output.WriteLine($"wrote {file.Path}");
        }

        foreach (string path in GeneratedFile.LeftOverIn(root))
        {
            File.Delete(Path.Combine(root, path));
            output.WriteLine($"deleted {path}");
        }
    }
}
