using System.Globalization;

namespace NotebookPort;

/// <summary>What the command line says.</summary>
internal sealed record Options(string Data, int Epochs, int BatchSize, double Temperature, double Lambda, int Seed)
{
    public const string Usage =
        """
        The notebook "Distilling the knowledge?", cell by cell, in Keras' own names.

        Usage: NotebookPort [options]

          --data digits|mnist  the bundled digits, without a download (default), or
                               MNIST, which is searched for and else downloaded
          --epochs N           epochs of each model (default 3)
          --batch-size N       samples a step (default 128)
          --temperature T      softens the logits (default 5)
          --lambda L           the weight of the labels' loss (default 1)
          --seed N             fixes all random numbers (default 1)
          --help               this text
        """;

    /// <summary>Reads the arguments.</summary>
    /// <returns>The options, or null where help was asked for.</returns>
    /// <exception cref="ArgumentException">An argument is unknown, lacks its value, or is out of its range.</exception>
    public static Options? Parse(string[] args)
    {
        var options = new Options("digits", 3, 128, 5, 1, 1);
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            if (name is "--help" or "-h")
            {
                return null;
            }

            if (name is not ("--data" or "--epochs" or "--batch-size" or "--temperature" or "--lambda" or "--seed"))
            {
                throw new ArgumentException($"There is no option '{name}'. --help lists them.");
            }

            string value = ++i < args.Length ? args[i] : throw new ArgumentException($"{name} needs a value. --help lists the options.");
            options = name switch
            {
                "--data" => options with { Data = value is "digits" or "mnist" ? value : throw new ArgumentException($"--data is digits or mnist, not '{value}'.") },
                "--epochs" => options with { Epochs = Integer(name, value, 1) },
                "--batch-size" => options with { BatchSize = Integer(name, value, 1) },
                "--temperature" => options with { Temperature = Number(name, value, allowZero: false) },
                "--lambda" => options with { Lambda = Number(name, value, allowZero: true) },
                _ => options with { Seed = Integer(name, value, int.MinValue) },
            };
        }

        return options;
    }

    private static int Integer(string name, string value, int least) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new ArgumentException(least > int.MinValue ? $"{name} takes an integer of at least {least}, not '{value}'." : $"{name} takes an integer, not '{value}'.");

    private static double Number(string name, string value, bool allowZero) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && (number > 0 || (allowZero && number == 0))
            ? number
            : throw new ArgumentException($"{name} takes a {(allowZero ? "number that is not negative" : "positive number")}, not '{value}'.");
}
