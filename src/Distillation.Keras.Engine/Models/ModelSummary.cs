using System.Globalization;
using System.Text;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Models;

/// <summary>Keras 3's table of a model's layers, as the Python package <c>rich</c> draws it.</summary>
/// <remarks>Source: <c>keras/src/utils/summary_utils.py</c>; the widths are those of rich 13 <c>table.py</c>.</remarks>
internal static class ModelSummary
{
    /// <summary>Keras' width in a terminal of 80 columns.</summary>
    public const int DefaultLineLength = 76;

    private const int LongestLine = 10_000;

    private static readonly string[] Header = ["Layer (type)", "Output Shape", "Param #", "Connected to"];

    /// <summary>The whole text, which ends with a line break.</summary>
    /// <param name="model">The model.</param>
    /// <param name="lineLength">The table's width in characters.</param>
    /// <param name="optimizerWeights">The optimizer's variables; empty where the model is not compiled.</param>
    /// <exception cref="ArgumentOutOfRangeException">The table would be too narrow.</exception>
    public static string Render(Model model, int lineLength, IReadOnlyList<Variable> optimizerWeights)
    {
        bool chain = IsChain(model);
        int[] widths = Widths(chain ? [0.45, 0.80, 1.0] : [0.3, 0.56, 0.74, 1.0], lineLength);
        StringBuilder text = new StringBuilder().Append("Model: \"").Append(model.Name).Append("\"\n");
        Rule(text, widths, "┏━┳┓");
        Row(text, widths, Header, '┃');
        IReadOnlyList<Layer> layers = Rows(model);
        Rule(text, widths, layers.Count > 0 ? "┡━╇┩" : "┗━┻┛");
        for (int i = 0; i < layers.Count; i++)
        {
            Row(text, widths, Cells(model, layers[i], chain), '│');
            Rule(text, widths, i < layers.Count - 1 ? "├─┼┤" : "└─┴┘");
        }

        Totals(text, model, optimizerWeights);
        return text.ToString();
    }

    // Functions among the layers have rows, too.
    private static IReadOnlyList<Layer> Rows(Model model) =>
        model is { HasGraph: true } and not Sequential ? model.Sublayers : model.Layers;

    // One layer behind the other, each used once: then there is nothing to say about connections.
    private static bool IsChain(Model model)
    {
        if (model is Sequential || !model.HasGraph)
        {
            return true;
        }

        IReadOnlyList<ModelStep> steps = model.Steps;
        KerasTensor last = model.Signature.Inputs[0].Symbol!;
        foreach (ModelStep step in steps)
        {
            if (step.Inputs.Tensors.Count != 1 || !ReferenceEquals(step.Inputs.Tensors[0], last))
            {
                return false;
            }

            last = step.Outputs[0];
        }

        return model.Signature.Inputs.Count + steps.Count == Rows(model).Count;
    }

    private static string[] Cells(Model model, Layer layer, bool chain)
    {
        string name = $"{layer.Name} ({layer.ClassName})";
        string parameters = layer.Built || layer.BuildsAtInit ? Number(layer.Weights.Sum(w => w.Shape.ElementCount!.Value)) : "0 (unbuilt)";
        return chain ? [name, OutputShape(layer), parameters] : [name, OutputShape(layer), parameters, Connections(model, layer)];
    }

    private static string OutputShape(Layer layer)
    {
        if (layer.Nodes.Count == 0)
        {
            return "?";
        }

        // Keras writes shapes of one axis without Python's comma.
        string[] shapes =
        [
            .. layer
                .Nodes[^1]
                .Outputs.Select(o => $"({string.Join(", ", o.Shape.Select(s => s?.ToString(CultureInfo.InvariantCulture) ?? "None"))})"),
        ];
        return shapes.Length == 1 ? shapes[0] : $"[{string.Join(", ", shapes)}]";
    }

    private static string Connections(Model model, Layer layer)
    {
        string[] sources =
        [
            .. model
                .Steps.Where(s => ReferenceEquals(s.Layer, layer))
                .SelectMany(s => s.Inputs.All)
                .Select(t => Invariant($"{t.Name}[{t.Node.IndexInLayer}][{t.Index}]")),
        ];
        return sources.Length == 0 ? "-" : string.Join(", ", sources);
    }

    private static void Totals(StringBuilder text, Model model, IReadOnlyList<Variable> optimizerWeights)
    {
        IReadOnlyList<Variable> trainable = model.TrainableWeights;
        IReadOnlyList<Variable> frozen = model.NonTrainableWeights;
        Total(text, "Total params", [.. trainable, .. frozen, .. optimizerWeights]);
        Total(text, "Trainable params", trainable);
        Total(text, "Non-trainable params", frozen);
        if (optimizerWeights.Count > 0)
        {
            Total(text, "Optimizer params", optimizerWeights);
        }
    }

    private static void Total(StringBuilder text, string what, IReadOnlyList<Variable> weights) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $" {what}: {Number(weights.Sum(w => w.Shape.ElementCount!.Value))} "
                + $"({Memory(weights.Sum(w => w.Shape.ElementCount!.Value * w.Value.ElementSize))})\n"
        );

    private static string Memory(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB", "PB"];
        int unit = 0;
        while (bytes >= 1024 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:F2} {units[unit]}");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    // The columns' widths with their padding. rich takes the excess of borders and padding evenly from all columns, rounding halves to
    // even.
    private static int[] Widths(double[] positions, int lineLength)
    {
        // Longer lines than any screen's are a slip, and take memory by the row.
        if (lineLength > LongestLine)
        {
            throw new ArgumentOutOfRangeException(
                nameof(lineLength),
                lineLength,
                Invariant($"A summary's lines have at most {LongestLine} characters.")
            );
        }

        int[] widths = new int[positions.Length];
        int current = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            int width = (int)(positions[i] * lineLength) - current;
            current += width;
            widths[i] = width + 2;
        }

        int excess = widths.Sum() - (lineLength - widths.Length - 1);
        for (int i = 0; i < widths.Length; i++)
        {
            int share = (int)Math.Round(excess / (double)(widths.Length - i), MidpointRounding.ToEven);
            widths[i] -= share;
            excess -= share;
        }

        return widths.All(w => w >= 6)
            ? widths
            : throw new ArgumentOutOfRangeException(
                nameof(lineLength),
                lineLength,
                "A summary needs wider lines: each column has at least 4 characters. Leave line_length out, or take 60 at least."
            );
    }

    private static void Rule(StringBuilder text, int[] widths, string parts)
    {
        for (int i = 0; i < widths.Length; i++)
        {
            text.Append(i == 0 ? parts[0] : parts[2]).Append(parts[1], widths[i]);
        }

        text.Append(parts[3]).Append('\n');
    }

    private static void Row(StringBuilder text, int[] widths, string[] cells, char border)
    {
        List<string>[] lines = [.. cells.Take(widths.Length).Select((c, i) => Wrap(c, widths[i] - 2))];
        for (int line = 0; line < lines.Max(l => l.Count); line++)
        {
            for (int i = 0; i < widths.Length; i++)
            {
                string part = line < lines[i].Count ? lines[i][line] : string.Empty;
                text.Append(border).Append(' ').Append(i == 2 ? part.PadLeft(widths[i] - 2) : part.PadRight(widths[i] - 2)).Append(' ');
            }

            text.Append(border).Append('\n');
        }
    }

    // Breaks between words; a word that is longer than a line is cut off.
    private static List<string> Wrap(string text, int width)
    {
        List<string> lines = [];
        var line = new StringBuilder();
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length <= width)
            {
                line.Append(' ').Append(word);
                continue;
            }

            if (line.Length > 0)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(word.Length > width ? $"{word[..(width - 1)]}…" : word);
        }

        lines.Add(line.ToString());
        return lines;
    }
}
