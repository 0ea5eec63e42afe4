using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>What merges make of rows that are masked, as Keras 3.15.1 computes it in a functional model.</summary>
public sealed class MergeMaskTests
{
    private static readonly float[,,] First =
    {
        {
            { 0, 0 },
            { 1, 2 },
            { 3, 4 },
            { 0, 0 },
        },
    };
    private static readonly float[,,] Second =
    {
        {
            { 0, 0 },
            { 0, 0 },
            { -3, 6 },
            { 2, 8 },
        },
    };

    // Inputs behind a Masking: m, n; one without: p.
    [TestCase("Multiply", "mn", new float[] { 0, 0, 1, 2, -9, 24, 2, 8 })]
    [TestCase("Multiply", "mp", new float[] { 5, 5, 5, 10, 15, 20, 5, 5 })]
    [TestCase("Multiply", "pm", new float[] { 5, 5, 5, 10, 15, 20, 5, 5 })]
    [TestCase("Multiply", "mpn", new float[] { 5, 5, 5, 10, -45, 120, 10, 40 })]
    [TestCase("Multiply", "mnp", new float[] { 5, 5, 5, 10, -45, 120, 10, 40 })]
    [TestCase("Maximum", "mn", new float[] { 0, 0, 1, 2, 3, 6, 2, 8 })]
    [TestCase("Maximum", "mp", new float[] { 5, 5, 5, 5, 5, 5, 5, 5 })]
    [TestCase("Maximum", "pm", new float[] { 5, 5, 5, 5, 5, 5, 5, 5 })]
    [TestCase("Maximum", "mpn", new float[] { 5, 5, 5, 5, 5, 6, 5, 8 })]
    [TestCase("Maximum", "mnp", new float[] { 5, 5, 5, 5, 5, 6, 5, 8 })]
    [TestCase("Minimum", "mn", new float[] { 0, 0, 1, 2, -3, 4, 2, 8 })]
    [TestCase("Minimum", "mp", new float[] { 5, 5, 1, 2, 3, 4, 5, 5 })]
    [TestCase("Minimum", "pm", new float[] { 5, 5, 1, 2, 3, 4, 5, 5 })]
    [TestCase("Minimum", "mpn", new float[] { 5, 5, 1, 2, -3, 4, 2, 5 })]
    [TestCase("Minimum", "mnp", new float[] { 5, 5, 1, 2, -3, 4, 2, 5 })]
    public void Masked_rows_take_no_part(string className, string inputs, float[] expected)
    {
        using DisposeScope scope = NewDisposeScope();
        Input[] ins = [.. inputs.Select(_ => new Input(new Shape(4, 2)))];
        KerasTensor[] masked = [.. ins.Select((x, i) => inputs[i] == 'p' ? x.Output : new Masking().Apply(x))];
        Layer merge = className switch
        {
            "Multiply" => new Multiply(),
            "Maximum" => new Maximum(),
            _ => new Minimum(),
        };
        var model = new Model(ins, merge.Apply(masked));
        Tensor[] values =
        [
            .. inputs.Select(c =>
                c switch
                {
                    'm' => tensor(First),
                    'n' => tensor(Second),
                    _ => full([1, 4, 2], 5f),
                }
            ),
        ];
        Assert.That(model.CallAll(values)[0].data<float>().ToArray(), Is.EqualTo(expected));
    }
}
