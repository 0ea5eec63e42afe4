using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Functions;

/// <summary>What the fixtures of activations, initializers, constraints and regularizers do not show.</summary>
internal sealed class FunctionTests
{
    private static readonly string[] Activation = [.. KnownActivations.ByName.Keys.Where(k => k is not ("linear" or "threshold"))];

    private static readonly string[] Initializer =
    [
        "zeros",
        "ones",
        "identity",
        "random_normal",
        "random_uniform",
        "truncated_normal",
        "variance_scaling",
        "glorot_uniform",
        "he_normal",
        "orthogonal",
    ];

    [Test]
    public void Every_name_of_Keras_is_known()
    {
        string[] names =
        [
            "celu",
            "elu",
            "exponential",
            "gelu",
            "glu",
            "hard_shrink",
            "hard_sigmoid",
            "hard_silu",
            "hard_swish",
            "hard_tanh",
            "leaky_relu",
            "linear",
            "log_sigmoid",
            "log_softmax",
            "mish",
            "relu",
            "relu6",
            "selu",
            "sigmoid",
            "silu",
            "soft_shrink",
            "softmax",
            "softplus",
            "softsign",
            "sparse_plus",
            "sparse_sigmoid",
            "sparsemax",
            "squareplus",
            "swish",
            "tanh",
            "tanh_shrink",
            "threshold",
        ];
        Assert.That(KnownActivations.ByName.Keys, Is.EquivalentTo(names));
    }

    [TestCaseSource(nameof(Activation))]
    public void An_activation_leaves_no_tensor_but_its_result(string name)
    {
        using Tensor x = randn(4, 6);
        Assert.That(Leaked(() => ActivationFunction.Get(name).Apply(x)), Is.Zero);
    }

    [TestCaseSource(nameof(Initializer))]
    public void An_initializer_leaves_no_tensor_but_its_result(string name) =>
        Assert.That(Leaked(() => Initializers.Initializer.Get(name).Call((6, 4))), Is.Zero);

    [TestCase("max_norm")]
    [TestCase("min_max_norm")]
    [TestCase("unit_norm")]
    [TestCase("non_neg")]
    public void A_constraint_leaves_no_tensor_but_its_result_and_records_no_gradient(string name)
    {
        using Tensor weight = randn([6, 4], requires_grad: true);
        Assert.That(Leaked(() => Constraint.Get(name).Call(weight)), Is.Zero);
        using Tensor result = Constraint.Get(name).Call(weight);
        Assert.That(result.requires_grad, Is.False);
    }

    [TestCase("l1")]
    [TestCase("l2")]
    [TestCase("l1l2")]
    [TestCase("orthogonal_regularizer")]
    public void A_regularizer_leaves_no_tensor_but_its_result(string name)
    {
        using Tensor weight = randn(6, 4);
        Assert.That(Leaked(() => Regularizer.Get(name).Call(weight)), Is.Zero);
    }

    [TestCase("random_normal")]
    [TestCase("truncated_normal")]
    [TestCase("glorot_uniform")]
    [TestCase("orthogonal")]
    public void The_same_random_state_gives_the_same_bits_and_another_gives_others(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] Draw(int seed)
        {
            RandomState.Seed(seed);
            return Initializers.Initializer.Get(name).Call((50, 40)).bytes.ToArray();
        }

        byte[] first = Draw(1);
        Assert.That(Draw(1), Is.EqualTo(first));
        Assert.That(Draw(2), Is.Not.EqualTo(first));
    }

    [Test]
    public void A_sigmoid_remembers_its_logits()
    {
        using Tensor x = randn(3);
        using Tensor y = ActivationFunction.Get("sigmoid").Apply(x);
        Assert.That(Logits.Of(y, LogitsKind.Sigmoid), Is.SameAs(x));
    }

    [Test]
    public void A_delegate_is_refused_in_a_configuration_whatever_its_name()
    {
        var own = new ActivationFunction("relu", static x => x.abs());
        Assert.That(own.ToJson, Throws.TypeOf<NotSupportedException>().With.Message.Contains("delegate"));
        Assert.That(ActivationFunction.Get("swish").ToJson().GetValue<string>(), Is.EqualTo("silu"));
    }

    [Test]
    public void The_name_threshold_alone_is_refused_with_what_to_write_instead()
    {
        using Tensor x = randn(3);
        Assert.That(
            () => ActivationFunction.Get("threshold").Apply(x),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("default_value")
        );
    }

    [Test]
    public void An_identity_keeps_its_gain_through_its_configuration()
    {
        JsonObject written = KerasSerializer.Serialize(new Initializers.Identity(gain: 3));
        Assert.That(((Initializers.Identity)KerasSerializer.Deserialize<Initializers.Initializer>(written)).Gain, Is.EqualTo(3));
    }

    [Test]
    public void A_seed_is_written_and_read()
    {
        var made = (GlorotUniform)
            KerasSerializer.Deserialize<Initializers.Initializer>(KerasSerializer.Serialize(new GlorotUniform(seed: 5)));
        Assert.That(made.Seed, Is.EqualTo(5));
    }

    [Test]
    public void Errors_say_what_was_found()
    {
        Assert.That(() => new MaxNorm(axis: (0, 0)).Call(ones(2, 2)), Throws.ArgumentException.With.Message.Contains("twice"));
        Assert.That(() => new MaxNorm(axis: 5).Call(ones(2, 2)), Throws.ArgumentException.With.Message.Contains("2 axes"));
        Assert.That(() => new Zeros().Call(new Shape([null, 3])), Throws.ArgumentException.With.Message.Contains("(None, 3)"));
        Assert.That(() => new RandomNormal().Call(3, ScalarType.Int64), Throws.ArgumentException.With.Message.Contains("Int64"));
        Assert.That(() => new RandomUniform(1, 0), Throws.ArgumentException.With.Message.Contains("minval is 1"));
        Assert.That(() => Initializers.Initializer.Get("constant"), Throws.ArgumentException.With.Message.Contains("value"));
        Assert.That(() => Regularizer.Get("l1_l2"), Throws.ArgumentException.With.Message.Contains("l1l2"));
    }

    [Test]
    public void One_row_alone_has_no_orthogonality_penalty()
    {
        using Tensor value = new OrthogonalRegularizer().Call(ones(1, 4));
        Assert.That(value.ToDouble(), Is.Zero);
    }

    private static long Leaked(Func<Tensor> call) => LiveTensors.LeftBy(() => call().Dispose());
}
