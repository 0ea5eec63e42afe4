using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests;

/// <summary>Lists, and whole numbers, where Keras' documentation has them.</summary>
public sealed class ListArgumentTests
{
    private static IEnumerable<TestCaseData> Lists()
    {
        yield return Case(new PReLU(shared_axes: [1, 2]), "shared_axes", "[1,2]");
        yield return Case(new LayerNormalization(axis: [1, 2]), "axis", "[1,2]");
        yield return Case(new Dropout(0.5, noise_shape: [null, 1, 3]), "noise_shape", "[null,1,3]");
        yield return Case(new Reshape([-1, 2]), "target_shape", "[-1,2]");
        yield return Case(new Rescaling([0.1, 2]), "scale", "[0.1,2.0]");
        yield return Case(new Rescaling(scale: 2, offset: [1, 2]), "offset", "[1.0,2.0]");
        yield return Case(new Rescaling(new[] { 1, 2 }), "scale", "[1.0,2.0]");
        yield return Case(new Normalization(mean: [0.5, 1], variance: [1, 2]), "mean", "[0.5,1.0]");
        yield return Case(
            new Normalization(
                axis: [1, 2],
                mean:
                [
                    [0.5, 1],
                    [2, 3],
                ],
                variance:
                [
                    [1, 1],
                    [1, 1],
                ]
            ),
            "mean",
            "[[0.5,1.0],[2.0,3.0]]"
        );
        yield return Case(new Normalization(axis: [1, 2]), "axis", "[1,2]");
        yield return Case(new Normalization(mean: new[] { 1, 2 }, variance: [2, 2]), "mean", "[1.0,2.0]");
        yield return Case(new Conv2D(2, [3, 2], strides: [1, 2]), "kernel_size", "[3,2]");
        yield return Case(new RandomBrightness([-0.1, 0], value_range: [0, 255]), "value_range", "[0.0,255.0]");
        yield return Case(new RandomBrightness([-0.1, 0], value_range: (0, 255)), "factor", "[-0.1,0.0]");
        yield return Case(new RandomTranslation(0, (0, 0.1)), "width_factor", "[0.0,0.1]");
        yield return Case(new Input([1], dtype: "string"), "batch_shape", "[null,1]");
        yield return Case(new Input([null, 2]), "batch_shape", "[null,null,2]");
        yield return Case(new Input([28, 28, 1]), "batch_shape", "[null,28,28,1]");
        yield return Case(new Input(shape: [28, 28, 1]), "batch_shape", "[null,28,28,1]");
        yield return Case(new Input([]), "batch_shape", "[null]");
        yield return Case(new Input([3], 2), "batch_shape", "[2,3]");

        static TestCaseData Case(Layer layer, string key, string expected) =>
            new TestCaseData(layer, key, expected).SetArgDisplayNames(layer.GetType().Name, key, expected);
    }

    [TestCaseSource(nameof(Lists))]
    public void Lists_are_taken_as_they_are_written(Layer layer, string key, string expected)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Assert.That(layer.GetConfig()[key]?.ToJsonString(), Is.EqualTo(expected));
    }

    [Test]
    public void A_weight_for_each_class_is_a_list()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Alpha(new CategoricalFocalCrossentropy(alpha: [0.1, 1])), Is.EqualTo("[0.1,1.0]"));
            Assert.That(Alpha(new CategoricalFocalCrossentropy(alpha: new[] { 1, 2 })), Is.EqualTo("[1.0,2.0]"));
            Assert.That(Alpha(new CategoricalFocalCrossentropy(alpha: 1)), Is.EqualTo("1.0"));
        });

        static string? Alpha(CategoricalFocalCrossentropy loss) => loss.GetConfig()["alpha"]?.ToJsonString();
    }

    private static IEnumerable<TestCaseData> Counts()
    {
        yield return Case(new Precision(), "null");
        yield return Case(new Precision(0.25), "0.25");
        yield return Case(new Precision(1), "1.0");
        yield return Case(new Precision([0.25]), "[0.25]");
        yield return Case(new Recall(thresholds: [0, 0.5]), "[0.0,0.5]");
        yield return Case(new Recall(new[] { 0.5 }), "[0.5]");
        yield return Case(new TruePositives(0.25), "0.25");
        yield return Case(new TrueNegatives([0.25]), "[0.25]");
        yield return Case(new FalsePositives(0), "0.0");
        yield return Case(new FalseNegatives([0.25, 0.75]), "[0.25,0.75]");

        static TestCaseData Case(Metric metric, string expected) =>
            new TestCaseData(metric, expected).SetArgDisplayNames(metric.GetType().Name, expected);
    }

    // As real Keras gives them back: a number as a number, a list of one as a list.
    [TestCaseSource(nameof(Counts))]
    public void Thresholds_are_written_as_they_were_given_and_read_again(Metric metric, string expected)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Metric read = KerasSerializer.Deserialize<Metric>(KerasSerializer.Serialize(metric)!);
        string[] found = [.. new[] { metric, read }.Select(m => m.GetConfig()["thresholds"]?.ToJsonString() ?? "null")];
        Assert.That(found, Is.EqualTo(new[] { expected, expected }));
    }

    [Test]
    public void A_threshold_alone_gives_a_number_and_several_a_vector()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor targets = tensor(new float[] { 0, 1, 1, 1 });
        Tensor predictions = tensor(new[] { 0.3f, 0.2f, 0.6f, 0.9f });
        Assert.Multiple(() =>
        {
            Assert.That(Of(new TruePositives(0.25)), Is.EqualTo(new[] { 2f }));
            Assert.That(Of(new Recall(0.7)), Is.EqualTo(new[] { 1 / 3f }));
            Assert.That(Of(new Precision([0.25, 0.5])), Is.EqualTo(new[] { 2 / 3f, 1 }));
        });

        float[] Of(Metric metric)
        {
            metric.UpdateState(targets, predictions);
            return metric.Result().data<float>().ToArray();
        }
    }

    [Test]
    public void Statistics_are_given_back_as_they_were_given()
    {
        NormalizationStatistic table =
        [
            [1, 2, 3],
            [4, 5, 6],
        ];
        NormalizationStatistic single = 7;
        JsonNode[] rows = [.. Rows(table).Select(r => r.ToJson())];
        Assert.Multiple(() =>
        {
            Assert.That(table.Shape, Is.EqualTo(new Shape(2, 3)));
            Assert.That(rows.Select(r => r.ToJsonString()), Is.EqualTo(new[] { "[1.0,2.0,3.0]", "[4.0,5.0,6.0]" }));
            Assert.That(Rows(single).Select(r => r.ToJson().ToJsonString()), Is.EqualTo(new[] { "7.0" }));
        });

        static List<NormalizationStatistic> Rows(NormalizationStatistic of)
        {
            List<NormalizationStatistic> rows = [];
            foreach (NormalizationStatistic row in of)
            {
                rows.Add(row);
            }

            return rows;
        }
    }

    [Test]
    public void Factors_and_ranges_are_given_back_as_they_were_given()
    {
        Factor single = 1;
        Factor range = [0.5, 2];
        ValueRange values = [0, 1];
        Assert.Multiple(() =>
        {
            Assert.That((double[])[.. single], Is.EqualTo(new[] { 1.0 }));
            Assert.That((double[])[.. range], Is.EqualTo(new[] { 0.5, 2.0 }));
            Assert.That((double[])[.. values], Is.EqualTo(new[] { 0.0, 1.0 }));
        });
    }

    [Test]
    public void Lists_of_the_wrong_length_are_refused()
    {
        Assert.Multiple(() =>
        {
            Refused(() => new RandomBrightness([0.1, 0.2, 0.3]), "(lower, upper), but a list of 3 was given");
            Refused(() => new RandomBrightness([0.1]), "(lower, upper), but a list of 1 was given");
            Refused(() => new RandomBrightness(0.1, value_range: [1]), "(low, high), but 1 numbers were given");
            Refused(() => new Normalization(mean: [], variance: 1), "the list is empty");
            Refused(
                () =>
                    new Normalization(
                        mean:
                        [
                            [1, 2],
                            [3],
                        ],
                        variance: 1
                    ),
                "equally long"
            );
            Refused(
                () =>
                    new Normalization(
                        mean:
                        [
                            [1, 2],
                            3,
                        ],
                        variance: 1
                    ),
                "equally long"
            );
            Refused(() => new Rescaling([]), "the list is empty");
            Refused(() => new LayerNormalization(axis: []), "At least one axis");
            Refused(() => new CategoricalFocalCrossentropy(alpha: []), "the list is empty");
            Refused(() => new Precision([]), "the list is empty");
            Refused(() => new Recall(1.5), "[0, 1]");
            Refused(() => new FalsePositives([0.5, -1]), "[0, 1]");
        });

        static void Refused(Func<object> made, string message) =>
            Assert.That(made, Throws.ArgumentException.With.Message.Contains(message));
    }
}
