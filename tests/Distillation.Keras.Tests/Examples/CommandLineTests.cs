using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Examples.Common;

namespace Distillation.Keras.Tests.Examples;

/// <summary>The one reader of command lines, of examples and of the tests' programs.</summary>
public sealed class CommandLineTests
{
    private static readonly Argument<string> Place = NewOption.Argument("PLACE", "where to", place => place);
    private static readonly Option<int> Count = NewOption.WholeOr("--count", "how many", byDefault: 3, least: 1, most: 9);
    private static readonly Option<double> Share = NewOption.NumberOr(
        "--share",
        "S",
        "how much of it all, which is told in more words than a line has room for",
        byDefault: 0.25,
        "a number from 0 on",
        s => s >= 0
    );
    private static readonly Option<string?> Name = NewOption.Value<string?>("--name", "NAME", "who (default: nobody)", name => name);
    private static readonly Option<bool> Loud = NewOption.Flag("--loud", "not softly");
    private static readonly CommandLine Options = new(
        "examples/None",
        "Does nothing.",
        [Count, Share, Name, Loud],
        "The end.",
        smoke: [("--count", "1"), ("--name", "a b")]
    );
    private static readonly CommandLine WithPlace = new("examples/None", "Does nothing.", [Place, Loud], "The end.");

    [TestCase("", "3 0.25 - False")]
    [TestCase("--count 5 --share 1.5 --name x --loud", "5 1.5 x True")]
    [TestCase("--share=1e-3 --count=5", "5 0.001 - False")]
    [TestCase("--name=a=b", "3 0.25 a=b False")]
    [TestCase("--name -x", "3 0.25 -x False")]
    public void Options_are_read_in_both_forms(string line, string expected) =>
        Assert.That(Run(Options, line), Is.EqualTo(new Ended(0, expected, "")));

    [TestCase("--smoke", "1 0.25 a b False")]
    [TestCase("--smoke --count 7", "7 0.25 a b False")]
    [TestCase("--count 3 --smoke", "3 0.25 a b False")]
    [TestCase("--smoke --count=7 --name c --loud", "7 0.25 c True")]
    public void What_is_given_beside_smoke_counts(string line, string expected) =>
        Assert.That(Run(Options, line), Is.EqualTo(new Ended(0, expected, "")));

    [TestCase("--nope", "There is no option --nope.\nKnown: --count, --share, --name, --loud, --smoke, --help.")]
    [TestCase("--Count 5", "There is no option --Count.")]
    [TestCase("--version", "There is no option --version.")]
    [TestCase("stray", "There is no option stray.")]
    [TestCase("-hx", "There is no option -hx.")]
    [TestCase("-- --loud", "There is no option --loud.")]
    [TestCase("--count", "--count needs a value after it.")]
    [TestCase("--count=", "--count needs a value after it.")]
    [TestCase("--name --loud", "--name needs a value after it.")]
    [TestCase("--name --nope", "--name needs a value after it.")]
    [TestCase("--count 1 --count 2", "--count is given twice.")]
    [TestCase("--count 1 --count=1", "--count is given twice.")]
    [TestCase("--loud --loud", "--loud is given twice.")]
    [TestCase("--smoke --smoke", "--smoke is given twice.")]
    [TestCase("--count 1 2", "There is no option 2.")]
    [TestCase("--loud true", "There is no option true.")]
    [TestCase("--loud=false", "There is no option false.")]
    [TestCase("--count 0", "--count takes a whole number from 1 to 9, not '0'.")]
    [TestCase("--count 10", "--count takes a whole number from 1 to 9, not '10'.")]
    [TestCase("--count 1.0", "--count takes a whole number from 1 to 9, not '1.0'.")]
    [TestCase("--share -1", "--share takes a number from 0 on, not '-1'.")]
    [TestCase("--share NaN", "--share takes a number from 0 on, not 'NaN'.")]
    [TestCase("--smoke --count 0", "--count takes a whole number from 1 to 9, not '0'.")]
    public void A_wrong_command_line_ends_with_2_and_says_what_is_wrong(string line, string said)
    {
        Ended ended = Run(Options, line);
        Assert.That(ended.Code, Is.EqualTo(2));
        Assert.That(ended.Output, Is.Empty);
        Assert.That(ended.Errors, Does.StartWith(said).And.EndsWith($"--help lists the options.{Environment.NewLine}"));
    }

    [TestCase("", "PLACE is missing.")]
    [TestCase("--loud", "PLACE is missing.")]
    [TestCase("here there", "'there' is one argument too many.")]
    [TestCase("--nope here", "There is no option --nope.")]
    [TestCase("here --nope", "There is no option --nope.")]
    public void A_wrong_command_line_with_an_argument_does_so_too(string line, string said)
    {
        Ended ended = Run(WithPlace, line);
        Assert.That(ended.Code, Is.EqualTo(2));
        Assert.That(ended.Errors, Does.StartWith(said));
    }

    [TestCase("[diagram]")]
    [TestCase("[suggest]")]
    [TestCase("[suggest:3]")]
    [TestCase("[env:X=1]")]
    [TestCase("[nothing]")]
    [TestCase("@")]
    [TestCase("@no-such-file")]
    [TestCase("@response")]
    [TestCase("the program's name")]
    [TestCase("the program's path")]
    public void No_argument_stands_for_something_else(string argument)
    {
        string folder = Directory.CreateTempSubdirectory("command-line").FullName;
        try
        {
            string response = Path.Combine(folder, "response");
            File.WriteAllText(response, "--loud");
            argument = argument switch
            {
                "@response" => $"@{response}",
                "the program's name" => RootCommand.ExecutableName,
                "the program's path" => RootCommand.ExecutablePath,
                _ => argument,
            };
            using (Assert.EnterMultipleScope())
            {
                Assert.That(Run(WithPlace, [argument]), Is.EqualTo(new Ended(0, $"{argument} False", "")));
                Assert.That(Run(Options, ["--name", argument]), Is.EqualTo(new Ended(0, $"3 0.25 {argument} False", "")));
                Assert.That(Run(Options, [argument]).Errors, Does.StartWith($"There is no option {argument}."));
                Assert.That(Run(Options, ["--loud", argument]).Errors, Does.StartWith($"There is no option {argument}."));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("--loud --help")]
    [TestCase("--nope --help")]
    [TestCase("--help --nope")]
    [TestCase("--count --help")]
    [TestCase("--count 0 -h")]
    [TestCase("--loud --loud -h")]
    [TestCase("-h -h")]
    [TestCase("[diagram] -h")]
    public void Help_wins(string line)
    {
        Ended ended = Run(Options, line);
        Assert.That(ended, Is.EqualTo(Run(Options, "--help")));
        Assert.That(ended.Code, Is.Zero);
        Assert.That(ended.Output, Does.Contain("Does nothing."));
        Assert.That(ended.Errors, Is.Empty);
    }

    [Test]
    public void Help_tells_everything_within_80_columns_in_every_culture()
    {
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo before = CultureInfo.CurrentCulture;
        string help;
        try
        {
            CultureInfo.CurrentCulture = comma;
            help = Run(Options, "--help").Output;
            Assert.That(CultureInfo.CurrentCulture, Is.SameAs(comma));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        string words = Regex.Replace(help, @"\s+", " ");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(help.Split(Environment.NewLine), Has.All.Length.LessThanOrEqualTo(80));
            Assert.That(help.Split(Environment.NewLine), Has.Some.Length.GreaterThan(70), "wrapped as late as that");
            Assert.That(
                words,
                Does.StartWith(
                    "Description: Does nothing. Usage: dotnet run -c Release --project examples/None -- [options] Options: --count <N> "
                        + "how many [default: 3] --share <S> how much"
                )
            );
            Assert.That(
                words,
                Does.Contain(
                    "room for [default: 0.25] --name <NAME> who (default: nobody) --loud not softly --smoke runs through all parts "
                        + "within seconds: the same as --count 1 --name \"a b\"; of these, what is given beside it counts instead"
                )
            );
            Assert.That(words, Does.EndWith("-h, --help prints this The end. "));
            Assert.That(Run(WithPlace, "--help").Output, Does.Contain("examples/None -- <PLACE> [options]").And.Not.Contain("--smoke"));
        }
    }

    [Test]
    public void Options_that_do_not_go_together_end_with_2()
    {
        using var errors = new StringWriter();
        int code = Options.Run<int>(
            [],
            _ => throw new ArgumentException("one of them"),
            _ => throw new InvalidOperationException("it ran"),
            TextWriter.Null,
            errors
        );
        Assert.That(code, Is.EqualTo(2));
        Assert.That(errors.ToString(), Does.StartWith("one of them").And.Contain("--help"));
    }

    [Test]
    public void The_code_is_that_of_the_program_and_its_own_exceptions_are_not_of_the_command_line()
    {
        Assert.That(Options.Run([], _ => 7, code => code, TextWriter.Null, TextWriter.Null), Is.EqualTo(7));
        Assert.That(
            () => Options.Run<int>([], _ => 7, _ => throw new ArgumentException("a defect"), TextWriter.Null, TextWriter.Null),
            Throws.ArgumentException
        );
    }

    private static Ended Run(CommandLine line, string arguments) => Run(line, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static Ended Run(CommandLine line, string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = line.Run(
            arguments,
            l =>
                line == WithPlace
                    ? $"{l.GetValue(Place)} {l.GetValue(Loud)}"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{l.GetValue(Count)} {l.GetValue(Share)} {l.GetValue(Name) ?? "-"} {l.GetValue(Loud)}"
                    ),
            told =>
            {
                output.Write(told);
                return 0;
            },
            output,
            errors
        );
        return new Ended(code, output.ToString(), errors.ToString());
    }

    private sealed record Ended(int Code, string Output, string Errors);
}
