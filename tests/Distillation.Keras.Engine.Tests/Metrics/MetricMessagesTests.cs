using Distillation.Keras.Metrics;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Metrics;

public sealed class MetricMessagesTests
{
    [TestCase("CategoricalAccuracy", new long[] { 4 }, new long[] { 4, 3 }, "(4,)", "SparseCategoricalAccuracy")]
    [TestCase("CategoricalAccuracy", new long[] { 4, 2 }, new long[] { 4, 3 }, "(4, 2)", "(4, 3)")]
    [TestCase("SparseCategoricalAccuracy", new long[] { 4, 3 }, new long[] { 4, 3 }, "(4, 3)", "use CategoricalAccuracy")]
    [TestCase("TopKCategoricalAccuracy", new long[] { 4, 1 }, new long[] { 4, 3 }, "(4, 1)", "SparseTopKCategoricalAccuracy")]
    [TestCase("SparseTopKCategoricalAccuracy", new long[] { 3 }, new long[] { 4, 3 }, "(3,)", "(4, 3)")]
    [TestCase("BinaryAccuracy", new long[] { 4, 3 }, new long[] { 4, 1 }, "(4, 3)", "(4, 1)")]
    [TestCase("RootMeanSquaredError", new long[] { 4, 3 }, new long[] { 4, 2 }, "(4, 3)", "(4, 2)")]
    [TestCase("AUC", new long[] { 4, 3 }, new long[] { 4, 2 }, "(4, 3)", "(4, 2)")]
    public void Shapes_that_do_not_fit_are_named(string name, long[] target, long[] output, string first, string second)
    {
        Metric metric = name;
        using Tensor y_true = zeros(target);
        using Tensor y_pred = zeros(output);
        Assert.That(
            () => metric.UpdateState(y_true, y_pred),
            Throws.ArgumentException.With.Message.Contains(first).And.Message.Contains(second)
        );
    }

    [Test]
    public void What_was_not_given_is_named_none()
    {
        Assert.That(() => new Precision(thresholds: []), Throws.ArgumentException.With.Message.Contains("one threshold or more"));
        Assert.That(() => new Precision(class_id: -1), Throws.ArgumentException.With.Message.Contains("top_k none and class_id -1"));
        Assert.That(() => new Recall(top_k: 0), Throws.ArgumentException.With.Message.Contains("top_k 0 and class_id none"));
        using Tensor y = zeros(4);
        Assert.That(
            () => new Recall(class_id: 1).UpdateState(y, y),
            Throws.ArgumentException.With.Message.Contains("class_id 1 and top_k none")
        );
    }

    [Test]
    public void Both_metrics_of_the_best_k_refuse_none_in_the_same_words()
    {
        ArgumentException categorical = Assert.Catch<ArgumentException>(() => new TopKCategoricalAccuracy(0))!;
        ArgumentException sparse = Assert.Catch<ArgumentException>(() => new SparseTopKCategoricalAccuracy(0))!;
        Assert.That(categorical.Message, Is.EqualTo(sparse.Message));
        Assert.That(() => new AUC(curve: "gain"), Throws.ArgumentException.With.Message.Contains("\"PRGAIN\", but \"gain\""));
    }

    [TestCase("mse", new long[] { 3 })]
    [TestCase("RootMeanSquaredError", new long[] { 4, 2 })]
    [TestCase("AUC", new long[] { 3 })]
    public void Weights_that_do_not_fit_are_named(string name, long[] weights)
    {
        Metric metric = name;
        using Tensor y = zeros(4, 3);
        using Tensor weight = ones(weights);
        Assert.That(
            () => metric.UpdateState(y, y, weight),
            Throws
                .ArgumentException.With.Message.Contains("weights")
                .And.Message.Contains(name == "AUC" ? "(3, 1)" : $"({string.Join(", ", weights)}")
        );
    }

    [TestCase("crossentropy", "'binary_crossentropy', 'categorical_crossentropy', 'sparse_categorical_crossentropy'")]
    [TestCase("ce", "'bce'")]
    [TestCase("rmse", "'mse'")]
    [TestCase("f1", "The nearest of")]
    [TestCase("top_k", "'top_k_categorical_accuracy'")]
    [TestCase("acuracy", "'accuracy'")]
    [TestCase("MeanSquareError", "'MeanSquaredError'")]
    public void Strings_that_Keras_refuses_are_refused_with_the_three_nearest(string name, string nearest)
    {
        string message = Assert.Throws<ArgumentException>(() => Metric.Get(name))!.Message;
        Assert.That(message, Does.Contain($"'{name}'").And.Contain(nearest));
        Assert.That(message.Count(c => c == '\''), Is.EqualTo(10), "the name, three others, and the parameter");
    }

    [Test]
    public void Arguments_out_of_range_are_refused()
    {
        Assert.That(() => new TopKCategoricalAccuracy(k: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new BinaryAccuracy(threshold: double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new AUC(num_thresholds: 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new AUC(curve: "roc curve"), Throws.ArgumentException.With.Message.Contains("\"PR\""));
        Assert.That(() => new AUC(summation_method: "simpson"), Throws.ArgumentException.With.Message.Contains("majoring"));
        Assert.That(() => new AUC(thresholds: [0.5, 1.5]), Throws.ArgumentException.With.Message.Contains("[0, 1]"));
        Assert.That(() => new AUC(num_labels: 3), Throws.ArgumentException.With.Message.Contains("multi_label"));
    }

    [Test]
    public void A_mean_takes_values_and_says_so()
    {
        Metric metric = new Mean();
        using Tensor x = zeros(2);
        Assert.That(() => metric.UpdateState(x, x, null), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("values"));
    }

    [Test]
    public void A_class_that_does_not_exist_is_in_no_top_k_and_ties_are()
    {
        using Tensor y_true = tensor(new long[] { -1, 3, 1 });
        using Tensor y_pred = tensor(
            new[,]
            {
                { 1f, 2f, 3f },
                { 1f, 2f, 3f },
                { 2f, 1f, 1f },
            }
        );
        using Tensor top = MetricFunctions.SparseTopKCategoricalAccuracy(y_true, y_pred, k: 2);
        Assert.That(top.data<float>().ToArray(), Is.EqualTo(new[] { 0f, 0f, 1f }));
    }

    [Test]
    public void Functions_work_on_arrays_and_on_boolean_targets()
    {
        using NDArray y_true = np.array(
            new[,]
            {
                { 0f, 1f },
                { 1f, 0f },
            }
        );
        using NDArray y_pred = np.array(
            new[,]
            {
                { 0.1f, 0.9f },
                { 0.2f, 0.8f },
            }
        );
        using NDArray result = MetricFunctions.CategoricalAccuracy(y_true, y_pred);
        Assert.That(result.ToArray<float>(), Is.EqualTo(new[] { 1f, 0f }));
        using Tensor bools = tensor(
            new[,]
            {
                { false, true },
                { true, false },
            }
        );
        using Tensor scores = tensor(
            new[,]
            {
                { 0.1f, 0.9f },
                { 0.2f, 0.8f },
            }
        );
        using Tensor matches = MetricFunctions.CategoricalAccuracy(bools, scores);
        Assert.That(matches.data<float>().ToArray(), Is.EqualTo(new[] { 1f, 0f }));
    }
}
