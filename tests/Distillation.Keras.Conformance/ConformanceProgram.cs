using Distillation.Keras.Backend;
using Distillation.Keras.Conformance.Parity;

namespace Distillation.Keras.Conformance;

/// <summary>The program without its process: what the command line asks for, written to the given writers.</summary>
public static class ConformanceProgram
{
    /// <summary>Runs the program.</summary>
    /// <returns>0 if nothing failed, 1 if something failed, 2 for a wrong command line or an unusable folder.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        try
        {
            return Options.Line.Run(arguments, Options.Read, o => Run(o, output), output, errors);
        }
        catch (Exception e) when (e is ArgumentException or FixtureException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(e.Message);
            return 2;
        }
    }

    private static int Run(Options options, TextWriter output)
    {
        if (!Directory.Exists(options.Folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{options.Folder}'.");
        }

        string PathOf(string file) => Path.Combine(options.Folder, FixtureForm.Files[file]);
        string[] present = [.. FixtureForm.Files.Keys.Where(f => File.Exists(PathOf(f)))];
        if (present.Length == 0)
        {
            throw new FixtureException(
                $"There is no fixture file in '{options.Folder}'. Known: {string.Join(", ", FixtureForm.Files.Values)}."
            );
        }

        if (options.OnlyFile is string one)
        {
            present = present.Contains(one)
                ? [one]
                : throw new FixtureException($"There is no {FixtureForm.Files[one]} in '{options.Folder}'.");
        }

        if (options.Parity is string document)
        {
            var table = new ParityTable(
                Fixture.Load("keras_api", PathOf("keras_api")),
                new ParityReasons(Path.Combine(AppContext.BaseDirectory, "parity.json"))
            );
            SafeFile.Write(document, table.Text);
            foreach (string problem in table.Problems)
            {
                output.WriteLine(problem);
            }

            return table.Problems.Count > 0 ? 1 : 0;
        }

        var results = new List<CaseResult>();
        foreach (string file in present)
        {
            Fixture fixture = Fixture.Load(file, PathOf(file));
            if (fixture.All.Count == 0)
            {
                throw new FixtureException($"There is no case in '{PathOf(file)}', so that nothing could be compared.");
            }

            if (options.OnlyCase is string name && !fixture.CaseNames.Contains(name))
            {
                throw new ArgumentException($"There is no case '{name}' in {FixtureForm.Files[file]}.");
            }

            results.AddRange(Runner.Default.Run(fixture, options.OnlyCase));
        }

        Report.WriteCases(output, results);
        if (options.OnlyFile is null)
        {
            WriteFiles(output, options.Folder, present);
        }

        Report.WriteTable(output, results);
        if (options.Json is string json)
        {
            Report.WriteJson(json, results);
        }

        return results.Exists(r => r.State == CaseState.Failed) ? 1 : 0;
    }

    private static void WriteFiles(TextWriter output, string folder, string[] present)
    {
        string[] absent = [.. FixtureForm.Files.Keys.Except(present)];
        if (absent.Length > 0)
        {
            Report.Wrap(output, string.Join(", ", absent), "not in the folder: ");
        }

        string[] unknown =
        [
            .. Directory
                .EnumerateFiles(folder, "*.json")
                .Select(p => Path.GetFileName(p))
                .Where(n => !FixtureForm.Files.Values.Contains(n))
                .Order(StringComparer.Ordinal),
        ];
        if (unknown.Length > 0)
        {
            Report.Wrap(output, string.Join(", ", unknown), "not a fixture file that this program knows: ");
        }
    }
}
