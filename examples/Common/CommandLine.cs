using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Examples.Common;

/// <summary>
/// The command line of a program, read by System.CommandLine: <c>--name VALUE</c> or <c>--name=VALUE</c>, each option at most once.
/// <c>--help</c> and <c>-h</c> win over all else. No argument stands for others: neither a response file (<c>@file</c>) nor a directive
/// (<c>[name]</c>).
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class CommandLine
{
    /// <summary>The option of examples that runs through all parts within seconds.</summary>
    public const string Smoke = "--smoke";

    /// <summary>How wide the help is at most, in a terminal and in a file.</summary>
    public const int Width = 80;

    // Stands before the arguments, and nobody types it: after an option System.CommandLine takes no [name] for a directive, and no argument
    // for the program's own name.
    private const string Start = "\u0002";

    private static readonly ParserConfiguration AsTheyStand = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    private readonly RootCommand _command;
    private readonly string _notes;
    private readonly IReadOnlyList<(string Option, string Value)> _smoke;

    /// <summary>Makes the command line of a program.</summary>
    /// <param name="project">The folder of its project, such as <c>examples/Methods</c>.</param>
    /// <param name="summary">What the program does.</param>
    /// <param name="symbols">
    /// Its options and arguments, as <see cref="NewOption"/> makes them, without <c>--help</c> and <c>--smoke</c>.
    /// </param>
    /// <param name="notes">What the help ends with, in lines of at most 80 characters.</param>
    /// <param name="smoke">What <c>--smoke</c> stands for; <see langword="null"/> where there is no such option.</param>
    public CommandLine(
        string project,
        string summary,
        IReadOnlyList<Symbol> symbols,
        string notes,
        IReadOnlyList<(string Option, string Value)>? smoke = null
    )
    {
        ArgumentNullException.ThrowIfNull(symbols);
        _notes = notes;
        _smoke = smoke ?? [];
        _command = new RootCommand(summary) { HelpName = $"dotnet run -c Release --project {project} --" };
        _command.Options.Clear();
        _command.Directives.Clear();
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Option option)
            {
                _command.Options.Add(option);
            }
            else
            {
                _command.Arguments.Add((Argument)symbol);
            }
        }

        if (smoke is not null)
        {
            string preset = string.Join(
                ' ',
                smoke.Select(s => $"{s.Option} {(s.Value.Contains(' ', StringComparison.Ordinal) ? $"\"{s.Value}\"" : s.Value)}")
            );
            _command.Options.Add(
                NewOption.Flag(
                    Smoke,
                    $"runs through all parts within seconds: the same as {preset}; of these, what is given beside it counts instead"
                )
            );
        }

        _command.Options.Add(
            new HelpOption("--help", "-h")
            {
                Description = "prints this",
                Action = new HelpAction { MaxWidth = Width },
            }
        );
        _command.Options.Add(new Option<bool>(Start) { Arity = ArgumentArity.Zero, Hidden = true });
    }

    /// <summary>Prints the help, or runs the program.</summary>
    /// <typeparam name="TOptions">What the program is told.</typeparam>
    /// <param name="arguments">The arguments.</param>
    /// <param name="read">
    /// Takes the options from the command line; an <see cref="ArgumentException"/> says which do not go together.
    /// </param>
    /// <param name="run">The program; gives its exit code.</param>
    /// <param name="output">Where the help goes.</param>
    /// <param name="errors">Where it is said what is wrong with the command line.</param>
    /// <returns>The program's exit code; 0 after the help, 2 for a wrong command line.</returns>
    public int Run<TOptions>(
        IReadOnlyList<string> arguments,
        Func<ParseResult, TOptions> read,
        Func<TOptions, int> run,
        TextWriter output,
        TextWriter errors
    )
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        if (arguments.Any(a => a is "--help" or "-h"))
        {
            PrintHelp(output);
            return 0;
        }

        TOptions options;
        try
        {
            options = read(Parse(arguments));
        }
        catch (ArgumentException e)
        {
            errors.WriteLine(e.Message);
            errors.WriteLine("--help lists the options.");
            return 2;
        }

        return run(options);
    }

    private ParseResult Parse(IReadOnlyList<string> arguments)
    {
        ParseResult line = _command.Parse([Start, .. arguments], AsTheyStand);
        if (Fault(line) is string fault)
        {
            throw new ArgumentException(fault);
        }

        if (_smoke.Count == 0 || !line.GetValue<bool>(Smoke))
        {
            return line;
        }

        IEnumerable<string> preset = _smoke
            .Where(s => line.GetResult(s.Option) is not OptionResult { Implicit: false })
            .SelectMany(s => new[] { s.Option, s.Value });
        return _command.Parse([Start, .. preset, .. arguments], AsTheyStand);
    }

    // What is wrong, in the words of this repository: System.CommandLine takes --name --other for a value and a flag that is given twice
    // for one.
    private string? Fault(ParseResult line)
    {
        foreach (SymbolResult part in line.CommandResult.Children)
        {
            switch (part)
            {
                case OptionResult { IdentifierTokenCount: > 1 } option:
                    return $"{option.Option.Name} is given twice.";
                case OptionResult { Implicit: false, Option.Arity.MinimumNumberOfValues: > 0 } option
                    when option.Tokens is [] or [{ Value: "" or ['-', '-', ..] }]:
                    return $"{option.Option.Name} needs a value after it.";
                case ArgumentResult { Tokens: [] } argument:
                    return $"{argument.Argument.Name} is missing.";
                case ArgumentResult { Tokens: [{ Value: ['-', ..] } token, ..] }:
                    return NoOption(token.Value);
            }
        }

        return line.UnmatchedTokens is [string other, ..]
            ? _command.Arguments.Count > 0 && !other.StartsWith('-')
                ? $"'{other}' is one argument too many."
                : NoOption(other)
            : line.Errors.Count > 0
                ? line.Errors[0].Message
                : null;
    }

    private string NoOption(string name) =>
        $"There is no option {name}.\nKnown: {string.Join(", ", _command.Options.Where(o => !o.Hidden).Select(o => o.Name))}.";

    // In no culture: System.CommandLine prints defaults and headings in those of the thread.
    private void PrintHelp(TextWriter output)
    {
        (CultureInfo culture, CultureInfo language) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.InvariantCulture, CultureInfo.InvariantCulture);
        try
        {
            _command
                .Parse(["--help"], AsTheyStand)
                .Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, language);
        }

        output.WriteLine(_notes);
    }
}
