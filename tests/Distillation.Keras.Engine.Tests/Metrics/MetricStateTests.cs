using Distillation.Keras.Metrics;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Metrics;

public sealed class MetricStateTests
{
    private static readonly string[] Means =
    [
        "BinaryAccuracy",
        "CategoricalAccuracy",
        "TopKCategoricalAccuracy",
        "CategoricalCrossentropy",
        "BinaryCrossentropy",
        "KLDivergence",
        "MeanSquaredError",
        "RootMeanSquaredError",
        "MeanAbsoluteError",
        "CosineSimilarity",
        "AUC",
    ];

    [TestCaseSource(nameof(Means))]
    public void Two_hundred_updates_leave_no_tensor_behind(string name)
    {
        Metric metric = name;
        using Tensor y_true = nn.functional.one_hot(arange(8) % 5, 5).to_type(ScalarType.Float32);
        using Tensor y_pred = rand(8, 5, requires_grad: true);
        using Tensor weight = rand(8);
        void Update()
        {
            for (int i = 0; i < 200; i++)
            {
                metric.UpdateState(y_true, y_pred);
                metric.UpdateState(y_true, y_pred, weight);
                metric.Result().Dispose();
            }
        }

        Update();
        Assert.That(LiveTensors.LeftBy(Update, warmUp: false), Is.Zero);
        Assert.That(metric.Variables, Has.All.Matches<Variable>(v => !v.Value.requires_grad));
        metric.Release();
    }

    [TestCase("mean")]
    [TestCase("sum")]
    [TestCase("Accuracy")]
    [TestCase("categorical_accuracy")]
    [TestCase("AUC")]
    [TestCase("root_mean_squared_error")]
    public void A_metric_that_has_seen_nothing_is_zero_as_in_Keras(string name)
    {
        // empty_result of metrics.json
        Metric metric = name == "Accuracy" ? new Accuracy() : Metric.Get(name);
        using Tensor result = metric.Result();
        Assert.That(result.ToSingle(), Is.Zero);
    }

    [Test]
    public void A_result_outlives_the_scope_of_the_metric_but_not_the_callers()
    {
        var metric = new Mean();
        Tensor result;
        using (DisposeScope scope = NewDisposeScope())
        {
            using Tensor values = tensor(new[] { 1f, 2f, 6f });
            metric.UpdateState(values);
            result = metric.Result();
            Assert.That(result.ToSingle(), Is.EqualTo(3f));
        }

        Assert.That(result.IsInvalid, Is.True);
        Assert.That(metric.Variables[0].Value.ToSingle(), Is.EqualTo(9f));
    }

    [Test]
    public void A_copy_has_the_same_configuration_and_sums_of_its_own()
    {
        var metric = new AUC(thresholds: [0.25, 0.4, 0.9], curve: "PR", label_weights: [1, 2], name: "area");
        using Tensor y_true = tensor(
            new float[,]
            {
                { 0, 1 },
                { 1, 0 },
            }
        );
        using Tensor y_pred = tensor(
            new[,]
            {
                { 0.3f, 0.8f },
                { 0.6f, 0.1f },
            }
        );
        metric.UpdateState(y_true, y_pred);
        Metric copy = metric.Clone();
        using Tensor sum = copy.Variables[0].Value.sum();
        Assert.That(copy.GetConfig().ToJsonString(), Is.EqualTo(metric.GetConfig().ToJsonString()));
        Assert.That(sum.ToSingle(), Is.Zero);
        copy.Release();
        Assert.That(() => copy.Variables[0].Value, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(metric.Variables[0].Value.IsInvalid, Is.False);
    }

    [Test]
    public void A_copy_of_a_function_metric_keeps_the_function_and_a_string_keeps_its_name()
    {
        var metric = new MeanMetricWrapper((y_true, y_pred) => y_pred.sub(y_true), "bias");
        var copy = (MeanMetricWrapper)metric.Clone();
        Assert.That(copy.Fn, Is.SameAs(metric.Fn));
        Assert.That(copy.Name, Is.EqualTo("bias"));
        Metric mse = ((Metric)"MSE").Clone();
        Assert.That((mse.Name, mse.Identifier), Is.EqualTo(("MSE", "MSE")));
    }

    [Test]
    public void A_configuration_never_holds_a_function()
    {
        var metric = new MeanMetricWrapper((y_true, y_pred) => y_pred, "mine");
        Assert.That(metric.GetConfig, Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'mine'"));
        Assert.That(
            () =>
                KerasSerializer.Deserialize<Metric>(
                    System.Text.Json.Nodes.JsonNode.Parse(
                        "{\"class_name\": \"MeanMetricWrapper\", \"config\": {\"name\": \"mine\", \"fn\": \"print\"}}"
                    )!
                ),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("mine")
        );
    }

    [Test]
    public void Accuracy_as_a_string_waits_for_the_shapes()
    {
        Metric metric = "Acc";
        using Tensor x = zeros(2, 3);
        Assert.That(() => metric.UpdateState(x, x), Throws.InvalidOperationException.With.Message.Contains("SparseCategoricalAccuracy"));
        Metric resolved = MetricResolver.Resolve(metric, new Shape(2), new Shape(2, 3));
        Assert.That(resolved, Is.InstanceOf<SparseCategoricalAccuracy>());
        Assert.That((resolved.Name, resolved.Identifier), Is.EqualTo(("Acc", "Acc")));
        Assert.That(KerasSerializer.Knows<Metric>("DeferredMetric"), Is.False);
    }

    [Test]
    public void Masked_positions_and_ignored_classes_do_not_count()
    {
        using Tensor labels = tensor(
            new long[,]
            {
                { 0, 1, 1 },
                { 1, 255, 255 },
            }
        );
        using Tensor logits = tensor(
            new[,,]
            {
                {
                    { 2f, 0f },
                    { 2f, 0f },
                    { 0f, 2f },
                },
                {
                    { 0f, 2f },
                    { 5f, 5f },
                    { 5f, 5f },
                },
            }
        );
        using Tensor mask = tensor(
            new[,]
            {
                { true, true, true },
                { true, false, false },
            }
        );
        var accuracy = new SparseCategoricalAccuracy();
        accuracy.UpdateMasked(labels, logits, null, mask);
        using Tensor right = accuracy.Result();
        Assert.That(right.ToSingle(), Is.EqualTo(0.75f).Within(1e-6));

        var loss = new SparseCategoricalCrossentropy(from_logits: true, ignore_class: 255);
        loss.UpdateState(labels, logits);
        using Tensor value = loss.Result();
        double small = Math.Log(1 + Math.Exp(-2)),
            big = Math.Log(1 + Math.Exp(2));
        Assert.That(value.ToDouble(), Is.EqualTo(((3 * small) + big) / 4).Within(1e-6));
    }

    // Keras casts targets and predictions to the metric's type.
    [Test]
    public void Metrics_compute_fractions_of_whole_numbers_and_truths()
    {
        using DisposeScope scope = NewDisposeScope();
        var error = new RootMeanSquaredError();
        error.UpdateState(tensor(new byte[] { 1, 200 }), tensor(new byte[] { 2, 100 }));
        var truths = new RootMeanSquaredError();
        truths.UpdateState(tensor(new[] { true, false }), tensor(new[] { 1f, 1f }));
        var best = new Precision(top_k: 1);
        best.UpdateState(
            tensor(
                new float[,]
                {
                    { 0, 1 },
                }
            ),
            tensor(
                new[,]
                {
                    { 3, 7 },
                }
            )
        );
        var score = new F1Score();
        score.UpdateState(
            tensor(
                new float[,]
                {
                    { 0, 1 },
                }
            ),
            tensor(
                new[,]
                {
                    { false, true },
                }
            )
        );
        Assert.Multiple(() =>
        {
            Assert.That(error.Result().ToSingle(), Is.EqualTo(Math.Sqrt(10001 / 2.0)).Within(1e-5).Percent);
            Assert.That(truths.Result().ToSingle(), Is.EqualTo(Math.Sqrt(0.5)).Within(1e-5).Percent);
            Assert.That(best.Result().ToSingle(), Is.EqualTo(1f));
            Assert.That(score.Result().data<float>().ToArray(), Is.EqualTo(new[] { 0f, 1f }).Within(1e-6));
        });
    }
}
