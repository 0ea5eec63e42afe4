using System.Text.Json.Nodes;
using Distillation.Keras.Constraints;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Functions;

/// <summary>Arguments whose None in Keras is not the default. The numbers are Keras 3.15.1's.</summary>
public sealed class AllAxesTests
{
    private static readonly float[,] Weight =
    {
        { 3, 0, 1 },
        { 4, 2, 2 },
    };

    private static IEnumerable<TestCaseData> Norms() =>
        [
            Case(
                new MaxNorm(2, Axes.All),
                """{"max_value":2.0,"axis":null}""",
                [1.0289915800094604, 0.0, 0.3429971933364868, 1.3719887733459473, 0.6859943866729736, 0.6859943866729736]
            ),
            Case(
                new UnitNorm(Axes.All),
                """{"axis":null}""",
                [0.5144957900047302, 0.0, 0.1714985966682434, 0.6859943866729736, 0.3429971933364868, 0.3429971933364868]
            ),
            Case(
                new MinMaxNorm(7, 8, 0.5, Axes.All),
                """{"min_value":7.0,"max_value":8.0,"rate":0.5,"axis":null}""",
                [3.3007354736328125, 0.0, 1.1002451181411743, 4.400980472564697, 2.2004902362823486, 2.2004902362823486]
            ),
        ];

    [TestCaseSource(nameof(Norms))]
    public void One_norm_is_taken_of_the_whole_weight(Constraint constraint, string config, double[] expected)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonObject written = Constraint.Serialize(constraint);
        Assert.That(written["config"]!.ToJsonString(), Is.EqualTo(config));
        foreach (Constraint each in new[] { constraint, Constraint.Deserialize(written) })
        {
            Assert.That(each.Call(tensor(Weight)).data<float>().ToArray(), Is.EqualTo(expected).Within(1e-6));
            Assert.That(Constraint.Serialize(each).ToJsonString(), Is.EqualTo(written.ToJsonString()));
        }
    }

    [Test]
    public void Without_the_key_and_with_null_in_code_the_axis_is_the_first()
    {
        Assert.That(new UnitNorm().Axis, Is.EqualTo(new Axes(0)));
        JsonNode config = JsonNode.Parse("""{"module":"keras.constraints","class_name":"UnitNorm","config":{}}""")!;
        Assert.That(((UnitNorm)Constraint.Deserialize(config)).Axis, Is.EqualTo(new Axes(0)));
    }

    [Test]
    public void What_needs_its_axes_one_by_one_refuses_all()
    {
        Assert.That(() => new Softmax(Axes.All), Refused);
        Assert.That(() => new LayerNormalization(Axes.All), Refused);
        Assert.That(() => new MultiHeadAttention(2, 2, attention_axes: Axes.All), Refused);
        Assert.That(() => new PReLU(shared_axes: Axes.All), Throws.ArgumentException);
        Assert.That(() => new Permute(Axes.All), Throws.ArgumentException);
        Assert.That(() => new Dot(Axes.All), Throws.ArgumentException.With.Message.Contains("axes is all"));
    }

    [Test]
    public void Where_all_is_the_default_it_is_written_as_the_default()
    {
        Assert.That(new Dice(axis: Axes.All).GetConfig()["axis"], Is.Null);
        Assert.That(new Tversky(axis: Axes.All).GetConfig()["axis"], Is.Null);
        KerasTensor x = new Input(2, 3).Output;
        Assert.That(Ops.Sum(x, Axes.All).Shape, Is.EqualTo(Ops.Sum(x).Shape));
    }

    [Test]
    public void Normalization_reads_null_as_one_mean_of_all()
    {
        using DisposeScope scope = NewDisposeScope();
        JsonNode config = JsonNode.Parse(
            """
            {"module":"keras.layers","class_name":"Normalization","config":
            {"name":"n","axis":null,"mean":null,"variance":null,"invert":false}}
            """
        )!;
        var layer = (Normalization)KerasSerializer.Deserialize<Layer>(config);
        Assert.That(layer.Axis, Is.Empty);
        float[,] data =
        {
            { 1, 2 },
            { 3, 6 },
        };
        layer.Adapt(tensor(data));
        Assert.That(
            layer.Call(tensor(data)).data<float>().ToArray(),
            Is.EqualTo(new[] { -1.069045, -0.5345225, 0.0, 1.6035674 }).Within(1e-6)
        );
        Assert.That(new Normalization(axis: null).Axis, Is.EqualTo(new[] { -1 }));
    }

    [TestCase("MeanSquaredError")]
    [TestCase("Dice")]
    public void A_loss_reads_the_reduction_null_as_none(string name)
    {
        var config = new JsonObject
        {
            ["module"] = "keras.losses",
            ["class_name"] = name,
            ["config"] = new JsonObject { ["name"] = "m", ["reduction"] = null },
        };
        Loss loss = KerasSerializer.Deserialize<Loss>(config);
        Assert.That(loss.Reduction, Is.EqualTo("none"));
        Assert.That(KerasSerializer.Serialize(loss)["config"]!["reduction"]!.GetValue<string>(), Is.EqualTo("none"));
    }

    private static NUnit.Framework.Constraints.Constraint Refused =>
        Throws.ArgumentException.With.Message.Contains("Axes.All").And.Message.Contains("Give one axis");

    private static TestCaseData Case(Constraint constraint, string config, double[] expected) =>
        new TestCaseData(constraint, config, expected).SetArgDisplayNames(constraint.GetType().Name);
}
