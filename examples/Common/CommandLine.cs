using System.Globalization;

namespace Examples.Common;

/// <summary>Reads the command lines of the examples: options with a value after them, and flags.</summary>
public static class CommandLine
{
    /// <summary>Reads a command line.</summary>
    /// <typeparam name="TOptions">What the options are kept in; immutable.</typeparam>
    /// <param name="arguments">The command line.</param>
    /// <param name="defaults">The options where nothing is given.</param>
    /// <param name="setters">What each option with a value sets.</param>
    /// <param name="flags">What each option without a value sets.</param>
    /// <param name="help">The options where <c>--help</c> or <c>-h</c> is given, whatever else is.</param>
    /// <exception cref="ArgumentException">It is wrong; the message says how.</exception>
    public static TOptions Read<TOptions>(
        IReadOnlyList<string> arguments,
        TOptions defaults,
        IReadOnlyDictionary<string, Func<TOptions, string, TOptions>> setters,
        IReadOnlyDictionary<string, Func<TOptions, TOptions>> flags,
        TOptions help)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(setters);
        ArgumentNullException.ThrowIfNull(flags);
        TOptions options = defaults;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            if (name is "--help" or "-h")
            {
                return help;
            }

            if (!setters.ContainsKey(name) && !flags.ContainsKey(name))
            {
                throw new ArgumentException($"There is no option {name}. Known: {string.Join(", ", setters.Keys.Concat(flags.Keys))}, --help.");
            }

            if (!seen.Add(name))
            {
                throw new ArgumentException($"{name} is given twice.");
            }

            if (flags.TryGetValue(name, out Func<TOptions, TOptions>? flag))
            {
                options = flag(options);
                continue;
            }

            if (++i == arguments.Count || arguments[i].StartsWith("--", StringComparison.Ordinal) || arguments[i].Length == 0)
            {
                throw new ArgumentException($"{name} needs a value after it.");
            }

            options = setters[name](options, arguments[i]);
        }

        return options;
    }

    /// <summary>Runs an example: exit code 0, 1 when data or output cannot be had, 2 for a wrong command line, 130 when it was cancelled.</summary>
    /// <typeparam name="TOptions">What the options are kept in.</typeparam>
    /// <param name="parse">Reads the command line.</param>
    /// <param name="text">A text to print instead of running (the help), or <see langword="null"/>.</param>
    /// <param name="run">The work.</param>
    /// <param name="output">Where the results go.</param>
    /// <param name="errors">Where messages go.</param>
    /// <param name="cancelled">The message after a cancellation.</param>
    public static int Run<TOptions>(Func<TOptions> parse, Func<TOptions, string?> text, Action<TOptions> run, TextWriter output, TextWriter errors, string cancelled)
    {
        ArgumentNullException.ThrowIfNull(parse);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        TOptions options;
        try
        {
            options = parse();
        }
        catch (ArgumentException e)
        {
            errors.WriteLine(e.Message);
            errors.WriteLine("--help lists the options.");
            return 2;
        }

        if (text(options) is string instead)
        {
            output.WriteLine(instead);
            return 0;
        }

        try
        {
            run(options);
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

    /// <summary>What <c>--data</c> takes: <c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder that there is.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static string Data(string value) => value is "digits" or "mnist" or "fashion" || Directory.Exists(value)
        ? value
        : throw new ArgumentException($"--data takes digits, mnist, fashion or a folder, and there is no folder '{value}'.");

    /// <summary>A folder to write to, which need not be there yet.</summary>
    /// <exception cref="ArgumentException">It is a file.</exception>
    public static string Folder(string name, string value) => File.Exists(value) ? throw new ArgumentException($"{name} takes a folder, but '{value}' is a file.") : value;

    /// <summary>A whole number.</summary>
    /// <exception cref="ArgumentException">It is none, or below the least.</exception>
    public static int Whole(string name, string value, int least) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new ArgumentException($"{name} takes a whole number from {least} on, not '{value}'.");

    /// <summary>A finite number that follows a rule.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static double Number(string name, string value, string rule, Predicate<double> holds)
    {
        ArgumentNullException.ThrowIfNull(holds);
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && holds(number)
            ? number
            : throw new ArgumentException($"{name} takes {rule}, not '{value}'.");
    }
}
