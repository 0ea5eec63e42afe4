using System.Text.Json.Nodes;
using Distillation.Keras.Conformance;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>Gradients that another CPU rounds otherwise pass; those that are wrong by more do not.</summary>
public class RoundingTests
{
    private const double Unit = 1.0 / (1 << 24);

    // The gate's slope is 0 in exact numbers. Where the gate is rounded to one unit below 1, the gradient is 1e4 units.
    [TestCase("glu", 1, CaseState.Passed)]
    [TestCase("glu", 5, CaseState.Failed)]
    [TestCase("silu", 1, CaseState.Passed)]
    [TestCase("silu", 5, CaseState.Failed)]
    [TestCase("mish", 1, CaseState.Passed)]
    [TestCase("mish", 5, CaseState.Failed)]
    public void A_gate_that_is_off_by_one_unit_is_no_difference(string function, double units, CaseState state)
    {
        float[] x = function == "glu" ? [1e4f, 50] : [1e4f, 1e4f];
        float[] output = function == "glu" ? [1e4f] : x;
        double[] gradient = [1, function == "glu" ? 1e4 * units * Unit : 1 + (1e4 * units * Unit)];
        Assert.That(Run(function, x, output, [.. output.Select(_ => 1f)], [.. gradient.Select(g => (float)g)]), Is.EqualTo(state));
    }

    [TestCase(3, CaseState.Passed)]
    [TestCase(60, CaseState.Failed)]
    public void A_softmax_whose_weighted_mean_is_off_by_some_units_is_no_difference(double units, CaseState state)
    {
        // With all weights alike the gradient is 0 in exact numbers.
        Assert.That(Run("softmax", [0, 0], [0.5f, 0.5f], [3, 3], [(float)(3 * units * Unit), 0]), Is.EqualTo(state));
    }

    private static CaseState Run(string function, float[] x, float[] output, float[] cotangent, float[] gradient)
    {
        var json = new JsonObject
        {
            ["cases"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "one",
                    ["function"] = function,
                    ["kwargs"] = new JsonObject(),
                    ["serialized"] = function,
                }
            ),
        };
        var arrays = new Dictionary<string, NpyArray>
        {
            ["one/input"] = Row(x),
            ["one/output"] = Row(output),
            ["one/cotangent"] = Row(cotangent),
            ["one/grad_input"] = Row(gradient),
        };
        return Runner.Default.Run(new Fixture("activations", json, arrays)).Single().State;
    }

    private static NpyArray Row(float[] values) =>
        new(ScalarType.Float32, [1, values.Length], [.. values.SelectMany(BitConverter.GetBytes)]);
}
