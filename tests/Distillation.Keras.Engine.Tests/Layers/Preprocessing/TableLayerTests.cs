using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Preprocessing;

/// <summary>
/// What the fixtures do not cover of Normalization, CategoryEncoding and Discretization. Expected numbers are Keras 3.15.1's.
/// </summary>
public sealed class TableLayerTests
{
    private static float[] Waves => [.. Enumerable.Range(0, 300).Select(i => (float)((i * 37 % 101) / 10.0))];

    [Test]
    public void Mean_and_variance_of_batches_are_those_of_Keras([Values] bool asSource)
    {
        float[,] first =
        {
            { 1, -200 },
            { 2, -201 },
            { 4, -203 },
        };
        float[,] second =
        {
            { 9, -190 },
            { 0, -200 },
        };
        var layer = new Normalization();
        layer.Adapt(asSource ? DataSource.FromBatches(_ => [new DataBatch(first), new DataBatch(second)]) : [first, second]);
        Assert.That(layer.Weights[0].Value.data<float>().ToArray(), Is.EqualTo(new[] { 3.2000000f, -198.8000031f }).Within(1e-5));
        Assert.That(layer.Weights[1].Value.data<float>().ToArray(), Is.EqualTo(new[] { 10.1599998f, 20.5599861f }).Within(3e-5));
        Assert.That(layer.Weights[2].Value.item<int>(), Is.Zero);
    }

    [Test]
    public void Adapting_again_begins_anew()
    {
        var layer = new Normalization(axis: NormalizationAxes.None);
        layer.Adapt(new float[] { 5, 5, 9 });
        layer.Adapt(new float[] { 1, 3 });
        Assert.That(layer.Weights[0].Value.item<float>(), Is.EqualTo(2));
        Assert.That(layer.Weights[1].Value.item<float>(), Is.EqualTo(1));
    }

    [Test]
    public void Boundaries_are_those_of_Keras()
    {
        var layer = new Discretization(num_bins: 5);
        layer.Adapt(Waves);
        double[] expected = [1.8999989032745361, 3.9999992847442627, 5.999999523162842, 8.0];
        Assert.That(layer.BinBoundaries, Is.EqualTo(expected));
    }

    [Test]
    public void Boundaries_of_batches_are_those_of_Keras()
    {
        var layer = new Discretization(num_bins: 5, epsilon: 0.02);
        layer.Adapt([Waves[..120], Waves[120..]]);
        double[] expected = [1.9000036716461182, 4.000002384185791, 6.000001430511475, 8.000003814697266];
        Assert.That(layer.BinBoundaries, Is.EqualTo(expected));
    }

    [Test]
    public void A_boundary_is_a_number_of_float32()
    {
        using Tensor x = tensor(
            new float[,]
            {
                { 0.1f, 0.7f },
                { 0.69f, 0.05f },
            }
        );
        using Tensor bins = new Discretization([0.1, 0.7]).Call(x);
        Assert.That(bins.data<int>().ToArray(), Is.EqualTo(new[] { 1, 2, 1, 0 }));
    }

    [Test]
    public void Learned_boundaries_are_kept_by_configurations_and_clones()
    {
        var layer = new Discretization(num_bins: 5);
        layer.Adapt(Waves);
        var copy = (Discretization)Saving.KerasSerializer.Deserialize<Layer>(Saving.KerasSerializer.Serialize(layer));
        Assert.That(copy.BinBoundaries, Is.EqualTo(layer.BinBoundaries));
        Assert.That(((Discretization)layer.CloneLayer()).BinBoundaries, Is.EqualTo(layer.BinBoundaries));
        Assert.That(copy.GetConfig()["num_bins"]!.GetValue<int>(), Is.EqualTo(5));
    }

    [Test]
    public void Numbers_outside_leave_no_trace()
    {
        using Tensor x = tensor(
            new long[,]
            {
                { 0, 7, -1, 0 },
            }
        );
        using Tensor counts = new CategoryEncoding(3, output_mode: "count").Call(x);
        Assert.That(counts.data<float>().ToArray(), Is.EqualTo(new float[] { 2, 0, 0 }));
    }

    [Test]
    public void What_does_not_fit_is_refused_with_the_rule()
    {
        var given = new Normalization(mean: 1.0, variance: 2.0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => given.Adapt(new float[] { 1 }), Throws.InvalidOperationException.With.Message.Contains("were given"));
            Assert.That(
                () => new Normalization(axis: 3).ComputeOutputShape((null, 4)),
                Throws.ArgumentException.With.Message.Contains("from -2 to below 2")
            );
            Assert.That(() => new Normalization(mean: 1.0, variance: -2.0), Throws.ArgumentException.With.Message.Contains("not negative"));
            Assert.That(() => new Discretization([1.0, 0.5]), Throws.ArgumentException.With.Message.Contains("rise"));
            Assert.That(
                () => new Discretization(num_bins: 3).Call(ones(2, 1)),
                Throws.InvalidOperationException.With.Message.Contains("Adapt(data)")
            );
            Assert.That(() => new Discretization([0.0]).Adapt(Waves), Throws.InvalidOperationException.With.Message.Contains("num_bins"));
            Assert.That(() => new CategoryEncoding(3, sparse: true), Throws.TypeOf<NotSupportedException>());
            Assert.That(() => new CategoryEncoding(3, output_mode: "int"), Throws.ArgumentException.With.Message.Contains("multi_hot"));
            Assert.That(
                () =>
                    new CategoryEncoding(3, output_mode: "one_hot").CallAll(
                        new LayerInputs<Tensor>(ones(2, 2)).With("count_weights", ones(2, 2))
                    ),
                Throws.ArgumentException.With.Message.Contains("output_mode")
            );
        }
    }

    [Test]
    public void Statistics_are_read_as_they_are_written()
    {
        var layer = new Normalization(
            axis: (1, 2),
            mean: new[,]
            {
                { 1.0, 2.5 },
            },
            variance: new[,]
            {
                { 1.0, 4 },
            }
        );
        JsonObject config = layer.GetConfig();
        Assert.That(config["mean"]!.ToJsonString(), Is.EqualTo("[[1.0,2.5]]"));
        using Tensor x = full([2, 3, 2], 4.5f);
        using Tensor y = Saving.KerasSerializer.Deserialize<Layer>(Saving.KerasSerializer.Serialize(layer)).Call(x);
        Assert.That(y.data<float>().ToArray(), Is.EqualTo(Enumerable.Repeat(new[] { 3.5f, 1f }, 6).SelectMany(v => v)));
    }
}
