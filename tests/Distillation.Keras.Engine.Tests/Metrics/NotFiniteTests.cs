using Distillation.Keras.Metrics;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Metrics;

/// <summary>A row of predictions that holds a NaN or an infinity is never right, in any metric.</summary>
public sealed class NotFiniteTests
{
    private const float NaN = float.NaN;
    private const float Inf = float.PositiveInfinity;

    private static readonly float[] Bad = [NaN, Inf, float.NegativeInfinity];

    private static float[] Values(Tensor tensor)
    {
        using (tensor)
        {
            return [.. tensor.data<float>()];
        }
    }

    private static float Result(Metric metric, Tensor y_true, Tensor y_pred)
    {
        metric.UpdateState(y_true, y_pred);
        using Tensor result = metric.Result();
        float value = result.ToSingle();
        metric.Release();
        return value;
    }

    // The first row is bad at the place of its class, or elsewhere; the second one is right.
    [Test]
    public void Rows_of_classes([Values(0, 1, 2)] int place, [Values(0, 1, 2)] int kind, [Values(0, 1, 2)] int label)
    {
        float[,] scores =
        {
            { 0.2f, 0.3f, 0.1f },
            { 0.1f, 0.2f, 0.7f },
        };
        scores[0, place] = Bad[kind];
        using Tensor y_pred = tensor(scores);
        using Tensor labels = tensor(new long[] { label, 2 });
        using Tensor column = labels.unsqueeze(1);
        using Tensor rows = nn.functional.one_hot(labels, 3).to(float32);
        float[] expected = [0, 1];
        Assert.That(Values(MetricFunctions.CategoricalAccuracy(rows, y_pred)), Is.EqualTo(expected));
        Assert.That(Values(MetricFunctions.SparseCategoricalAccuracy(labels, y_pred)), Is.EqualTo(expected));
        Assert.That(Values(MetricFunctions.SparseCategoricalAccuracy(column, y_pred)), Is.EqualTo(expected));
        foreach (int k in new[] { 1, 2, 3, 5 })
        {
            Assert.That(Values(MetricFunctions.TopKCategoricalAccuracy(rows, y_pred, k)), Is.EqualTo(expected));
            Assert.That(Values(MetricFunctions.SparseTopKCategoricalAccuracy(labels, y_pred, k)), Is.EqualTo(expected));
            using Tensor columnResult = MetricFunctions.SparseTopKCategoricalAccuracy(column, y_pred, k);
            Assert.That(columnResult.shape, Is.EqualTo(new long[] { 2, 1 }));
            Assert.That(columnResult.data<float>().ToArray(), Is.EqualTo(expected));
        }
    }

    [Test]
    public void Targets_that_are_not_finite_are_met_by_nothing()
    {
        using Tensor y_true = tensor(
            new[,]
            {
                { NaN, 0f, 1f },
            }
        );
        using Tensor y_pred = tensor(
            new[,]
            {
                { 0.7f, 0.2f, 0.1f },
            }
        );
        Assert.That(Values(MetricFunctions.CategoricalAccuracy(y_true, y_pred)), Is.EqualTo(new[] { 0f }));
        Assert.That(Values(MetricFunctions.TopKCategoricalAccuracy(y_true, y_pred, 3)), Is.EqualTo(new[] { 0f }));
    }

    [Test]
    public void Class_numbers_in_order()
    {
        using Tensor labels = tensor(new long[] { 1, 1 });
        using Tensor ids = tensor(
            new[,]
            {
                { 1f, NaN, 0f },
                { 2f, 1f, 0f },
            }
        );
        Assert.That(
            Values(MetricFunctions.SparseTopKCategoricalAccuracy(labels, ids, 2, from_sorted_ids: true)),
            Is.EqualTo(new[] { 0f, 1f })
        );
    }

    [TestCase(0f)]
    [TestCase(1f)]
    public void Single_decisions(float target)
    {
        using Tensor y_true = tensor(
            new[,]
            {
                { target, 0f },
                { target, 1f },
            }
        );
        foreach (float bad in Bad)
        {
            using Tensor y_pred = tensor(
                new[,]
                {
                    { bad, 0f },
                    { bad, 1f },
                }
            );
            Assert.That(Values(MetricFunctions.BinaryAccuracy(y_true, y_pred)), Is.EqualTo(new[] { 0f, 1f, 0f, 1f }));
        }

        using Tensor infinite = tensor(new[] { Inf, 2f });
        Assert.That(Values(MetricFunctions.Accuracy(infinite, infinite)), Is.EqualTo(new[] { 0f, 1f }));
        using NDArray arrays = MetricFunctions.BinaryAccuracy(np.array(new[] { 0f }), np.array(new[] { NaN }));
        Assert.That(arrays.ToArray<float>(), Is.EqualTo(new[] { 0f }));
    }

    [Test]
    public void Precision_and_recall_count_them_as_misses_and_as_false_alarms()
    {
        using Tensor y_true = tensor(new[] { 1f, 1f, 0f, 0f });
        foreach (float bad in Bad)
        {
            // One hit, one miss, one false alarm, one right refusal.
            using Tensor y_pred = tensor(new[] { 0.9f, bad, bad, 0.1f });
            Assert.That(Result(new Precision(), y_true, y_pred), Is.EqualTo(0.5f));
            Assert.That(Result(new Recall(), y_true, y_pred), Is.EqualTo(0.5f));
        }
    }

    [Test]
    public void Precision_and_recall_among_the_greatest_have_no_hit_in_such_a_row()
    {
        using Tensor y_true = tensor(
            new[,]
            {
                { 1f, 0f, 1f },
                { 1f, 0f, 0f },
            }
        );
        foreach (float bad in Bad)
        {
            using Tensor y_pred = tensor(
                new[,]
                {
                    { 0.9f, 0.1f, bad },
                    { 0.9f, 0.2f, 0.1f },
                }
            );
            foreach (int k in new[] { 1, 3 })
            {
                Assert.That(Result(new Recall(top_k: k), y_true, y_pred), Is.EqualTo(1f / 3).Within(1e-6));
            }

            Assert.That(Result(new Precision(top_k: 1), y_true, y_pred), Is.EqualTo(0.5f));
        }
    }

    // Positives at 0.6 and bad, negatives at 0.4 and bad: of the four pairs one is in the right order.
    [TestCase(false, null)]
    [TestCase(true, null)]
    [TestCase(false, new[] { 0.2, 0.5, 0.8 })]
    public void A_curve_has_them_at_the_wrong_end(bool from_logits, double[]? thresholds)
    {
        using Tensor y_true = tensor(new[] { 1f, 0f, 1f, 0f });
        foreach (float bad in Bad)
        {
            using Tensor y_pred = tensor(from_logits ? new[] { 0.4f, -0.4f, bad, bad } : new[] { 0.6f, 0.4f, bad, bad });
            Assert.That(Result(new AUC(from_logits: from_logits, thresholds: thresholds), y_true, y_pred), Is.EqualTo(0.25f).Within(1e-5));
        }
    }
}
