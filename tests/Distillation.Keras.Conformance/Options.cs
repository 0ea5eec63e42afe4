namespace Distillation.Keras.Conformance;

/// <summary>The command line.</summary>
/// <param name="Folder">The folder of fixture files.</param>
/// <param name="OnlyFile">The one file to run, or null.</param>
/// <param name="OnlyCase">The one case of it to run, or null.</param>
/// <param name="Json">Where to write the results, or null.</param>
public sealed record Options(string Folder, string? OnlyFile, string? OnlyCase, string? Json)
{
    /// <summary>The text of <c>--help</c>.</summary>
    public const string Help =
        """
        Compares this library with real Keras.

        Usage: dotnet run -c Release --project tests/Distillation.Keras.Conformance --
               FOLDER [--only FILE[/CASE]] [--json OUT]

          FOLDER           a folder of fixture files (activations.json, ...)
          --only FILE      runs one file, such as layers
          --only FILE/CASE runs one case, such as layers/dense_relu
          --json OUT       writes the result of every case to the file OUT
          --help           prints this

        A case is passed, failed, unsupported (the library does not have the class,
        function or file yet) or known (a difference on purpose, see known.json).
        Exit code: 0 if nothing failed, 1 if something failed, 2 for a wrong command
        line, an unusable folder or an output that cannot be written.
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says how.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        string? folder = null, only = null, json = null;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            string Next() => i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal)
                ? arguments[++i]
                : throw new ArgumentException($"{argument} needs a value after it.");
            switch (argument)
            {
                case "--only" when only is null:
                    only = Next();
                    break;
                case "--json" when json is null:
                    json = Next();
                    break;
                case "--only" or "--json":
                    throw new ArgumentException($"{argument} is given twice.");
                case not null when argument.StartsWith('-'):
                    throw new ArgumentException($"There is no option {argument}.");
                default:
                    folder = folder is null ? argument : throw new ArgumentException($"There is one folder, but two were given: '{folder}' and '{argument}'.");
                    break;
            }
        }

        if (string.IsNullOrEmpty(folder))
        {
            throw new ArgumentException("The folder of fixture files is missing.");
        }

        int slash = only?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        string? file = slash < 0 ? only : only![..slash];
        string? name = slash < 0 ? null : only![(slash + 1)..];
        if (file is not null && !FixtureForm.Files.ContainsKey(file))
        {
            throw new ArgumentException($"There is no fixture file '{file}'. Known: {string.Join(", ", FixtureForm.Files.Keys)}.");
        }

        return new Options(folder, file, string.IsNullOrEmpty(name) ? null : name, json);
    }
}
