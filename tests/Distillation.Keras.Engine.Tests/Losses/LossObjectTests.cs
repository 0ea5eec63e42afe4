using System.Text.Json.Nodes;
using Distillation.Keras.Losses;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Losses;

public sealed class LossObjectTests
{
    private static readonly string[] Names =
    [
        "categorical_crossentropy",
        "binary_crossentropy",
        "kl_divergence",
        "mse",
        "mae",
        "mape",
        "msle",
        "huber",
        "log_cosh",
        "cosine_similarity",
        "hinge",
        "squared_hinge",
        "categorical_hinge",
        "poisson",
    ];

    [TestCaseSource(nameof(Names))]
    public void Nothing_but_the_result_outlives_a_loss(string name)
    {
        using Tensor target = zeros(4, 3);
        using Tensor prediction = full(4, 3, 1 / 3f).requires_grad_();
        using Tensor weight = ones(4);
        using Tensor mask = ones(4, ScalarType.Bool);
        Loss loss = Loss.Get(name);
        Assert.That(LiveTensors.LeftBy(() => loss.Call(target, prediction, weight, mask).Dispose()), Is.Zero);
        Assert.That((target.IsInvalid, prediction.IsInvalid, weight.IsInvalid, mask.IsInvalid), Is.EqualTo((false, false, false, false)));
    }

    [Test]
    public void Nothing_but_the_result_outlives_a_sparse_loss_with_an_ignored_class()
    {
        using Tensor target = zeros(4, ScalarType.Int64);
        using Tensor prediction = full(4, 3, 1 / 3f);
        Loss loss = new SparseCategoricalCrossentropy(ignore_class: 1);
        Assert.That(LiveTensors.LeftBy(() => loss.Call(target, prediction).Dispose()), Is.Zero);
    }

    [Test]
    public void A_delegate_that_gives_back_its_argument_leaves_it_with_its_owner()
    {
        using DisposeScope outer = NewDisposeScope();
        using DisposeScope scope = NewDisposeScope();
        Tensor prediction = ones(4);
        Tensor value = new LossFunctionWrapper((_, p) => p, reduction: "none").Call(zeros(4), prediction);
        Assert.That(value, Is.Not.SameAs(prediction));
        scope.Dispose();
        Assert.That((prediction.IsInvalid, value.IsInvalid), Is.EqualTo((true, true)));
    }

    [Test]
    public void A_delegate_is_weighted_and_reduced_like_any_loss()
    {
        using DisposeScope scope = NewDisposeScope();
        Loss loss = new LossFunctionWrapper((y, p) => (y - p).abs().sum(-1), reduction: "sum", name: "manhattan");
        Assert.That(loss.Call(zeros(2, 3), ones(2, 3), tensor(new[] { 1f, 2f })).ToDouble(), Is.EqualTo(9));
    }

    [Test]
    public void The_configuration_of_a_delegate_is_refused_by_name()
    {
        Loss loss = new LossFunctionWrapper((y, p) => y - p, name: "mine");
        Assert.That(() => KerasSerializer.Serialize(loss), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'mine'"));
    }

    [Test]
    public void A_function_is_never_read_from_a_configuration()
    {
        JsonNode node = JsonNode.Parse(
            """{"module": "keras.losses", "class_name": "LossFunctionWrapper", "config": {"fn": "evil"}, "registered_name": null}"""
        )!;
        Assert.That(
            () => KerasSerializer.Deserialize<Loss>(node),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("function")
        );
    }

    [Test]
    public void What_is_not_the_default_survives_the_configuration_though_Keras_forgets_it()
    {
        var huber = (Huber)Again(new Huber(delta: 0.5));
        var cosine = (CosineSimilarity)Again(new CosineSimilarity(axis: 1));
        Loss wide = Again(new MeanSquaredError(dtype: "float64"));
        Assert.That((huber.Delta, cosine.Axis, wide.DType.Name), Is.EqualTo((0.5, 1, "float64")));
    }

    [Test]
    public void A_function_name_gives_a_loss_of_that_name()
    {
        Loss mse = "mse";
        Assert.That((mse.Name, Loss.Get("huber").Name, new Huber().Name), Is.EqualTo(("mean_squared_error", "huber", "huber_loss")));
    }

    private static Loss Again(Loss loss) => KerasSerializer.Deserialize<Loss>(KerasSerializer.Serialize(loss));
}
