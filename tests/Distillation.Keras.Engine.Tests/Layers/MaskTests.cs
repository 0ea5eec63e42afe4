using System.Reflection;
using System.Runtime.CompilerServices;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Masks as Keras has them: which layers hand them on, how merges join them, and what metrics make of them.</summary>
public sealed class MaskTests
{
    // keras/src/layers at 3.15: supports_masking = True, or an own compute_mask.
    private static readonly HashSet<string> Supporting =
    [
        "Activation",
        "ActivityRegularization",
        "Add",
        "AdditiveAttention",
        "AlphaDropout",
        "Attention",
        "Average",
        "BatchNormalization",
        "Bidirectional",
        "Concatenate",
        "Dense",
        "Dot",
        "Dropout",
        "ELU",
        "GaussianDropout",
        "GaussianNoise",
        "GRU",
        "GlobalAveragePooling1D",
        "GroupNormalization",
        "GroupQueryAttention",
        "Identity",
        "LSTM",
        "LayerNormalization",
        "LeakyReLU",
        "Masking",
        "Maximum",
        "Minimum",
        "MultiHeadAttention",
        "Multiply",
        "Normalization",
        "PReLU",
        "RNN",
        "ReLU",
        "Rescaling",
        "SimpleRNN",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "Subtract",
        "TimeDistributed",
        "UnitNormalization",
    ];

    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static IEnumerable<Type> Layers =>
        typeof(Layer)
            .Assembly.GetExportedTypes()
            .Where(t => t.IsSubclassOf(typeof(Layer)) && !t.IsAbstract && !t.IsAssignableTo(typeof(Model)));

    [TestCaseSource(nameof(Layers))]
    public void Masks_go_through_the_layers_where_Keras_lets_them_through(Type type)
    {
        PropertyInfo property = typeof(Layer).GetProperty(nameof(Layer.SupportsMasking), BindingFlags.Instance | BindingFlags.NonPublic)!;
        Assert.That(property.GetValue(RuntimeHelpers.GetUninitializedObject(type)), Is.EqualTo(Supporting.Contains(type.Name)));
    }

    [Test]
    public void A_merge_has_a_mask_where_all_inputs_have_one_and_a_row_counts_where_it_counts_in_any()
    {
        Tensor x = ones(2, 3, 4);
        Tensor first = tensor(
            new[,]
            {
                { true, false, false },
                { true, true, false },
            }
        );
        Tensor second = tensor(
            new[,]
            {
                { false, false, true },
                { true, false, false },
            }
        );
        LayerOutputs both = new Add().CallAll(new LayerInputs<Tensor>(x, x).WithMasks(first, second));
        Assert.That(Bits(both.Mask(0)!), Is.EqualTo("101110"));
        Assert.That(new Add().CallAll(new LayerInputs<Tensor>(x, x).WithMasks(first, null)).Mask(0), Is.Null);

        // (batch, features) is repeated for each step, and its mask with it.
        Tensor rows = tensor(new[] { true, false });
        Assert.That(
            Bits(new Maximum().CallAll(new LayerInputs<Tensor>(x, ones(2, 4)).WithMasks(first, rows)).Mask(0)!),
            Is.EqualTo("111110")
        );
    }

    [Test]
    public void Concatenate_joins_masks_where_an_input_without_one_counts()
    {
        Tensor x = ones(2, 3, 4);
        Tensor mask = tensor(
            new[,]
            {
                { true, false, false },
                { true, true, false },
            }
        );
        Tensor other = tensor(
            new[,]
            {
                { false, false, true },
                { true, false, false },
            }
        );
        Assert.That(
            Bits(new Concatenate().CallAll(new LayerInputs<Tensor>(x, x).WithMasks(mask, other)).Mask(0)!),
            Is.EqualTo("101110"),
            "features"
        );
        Assert.That(
            Bits(new Concatenate().CallAll(new LayerInputs<Tensor>(x, x).WithMasks(mask, null)).Mask(0)!),
            Is.EqualTo("111111"),
            "features"
        );
        Assert.That(
            Bits(new Concatenate(axis: 1).CallAll(new LayerInputs<Tensor>(x, x).WithMasks(mask, other)).Mask(0)!),
            Is.EqualTo("100001110100"),
            "steps"
        );
        Assert.That(
            Bits(new Concatenate(axis: 1).CallAll(new LayerInputs<Tensor>(x, x).WithMasks(mask, null)).Mask(0)!),
            Is.EqualTo("100111110111"),
            "steps"
        );
        Assert.That(new Concatenate().CallAll(new LayerInputs<Tensor>(x, x)).Mask(0), Is.Null);
    }

    [Test]
    public void A_mask_that_is_none_of_its_input_is_refused_in_words()
    {
        Tensor x = ones(2, 3, 4);
        Tensor wrong = ones(2, 5, @bool);
        (Layer Layer, LayerInputs<Tensor> Call)[] calls =
        [
            (new Add(name: "me"), new LayerInputs<Tensor>(x, x).WithMasks(wrong, wrong)),
            (new Concatenate(name: "me"), new LayerInputs<Tensor>(x, x).WithMasks(wrong, null)),
            (new Softmax(name: "me"), new LayerInputs<Tensor>(x).WithMasks(wrong)),
            (new BatchNormalization(name: "me"), new LayerInputs<Tensor>(x).WithMasks(wrong).WithTraining(true)),
            (new GlobalAveragePooling1D(name: "me"), new LayerInputs<Tensor>(x).WithMasks(wrong)),
        ];
        foreach ((Layer layer, LayerInputs<Tensor> call) in calls)
        {
            Assert.That(
                () => layer.CallAll(call),
                Throws.ArgumentException.With.Message.Contains("'me'").And.Message.Contains("(2, 5)").And.Message.Contains("(2, 3, 4)"),
                layer.GetType().Name
            );
        }
    }

    [Test]
    public void The_loss_and_all_metrics_leave_out_what_is_masked()
    {
        // Four steps of two samples, three of which count; the predictions are the inputs.
        float[,,] x =
        {
            {
                { 1, 3 },
                { 2, 1 },
                { 0, 0 },
                { 0, 0 },
            },
            {
                { 4, 1 },
                { 0, 0 },
                { 0, 0 },
                { 0, 0 },
            },
        };
        float[,,] y =
        {
            {
                { 0, 1 },
                { 0, 1 },
                { 0, 1 },
                { 0, 1 },
            },
            {
                { 1, 0 },
                { 0, 1 },
                { 0, 1 },
                { 0, 1 },
            },
        };
        Input input = new(4, 2);
        var model = new Model(input, new Activation("linear").Apply(new Masking().Apply(input)));
        model.Compile(loss: "mse", metrics: ["categorical_accuracy", "mae"], weighted_metrics: ["categorical_accuracy"]);
        Logs logs = model.Evaluate(
            x,
            y,
            sample_weight: new float[,]
            {
                { 1, 3, 1, 1 },
                { 1, 1, 1, 1 },
            }
        );

        // Right at the first and third of the steps that count. The mean squared errors of the three are 2.5, 2 and 5, of which the second
        // has the weight 3.
        Assert.That(logs["categorical_accuracy"], Is.EqualTo(2.0 / 3).Within(1e-6), "float32");
        Assert.That(logs["mae"], Is.EqualTo((1.5 + 1 + 2) / 3).Within(1e-6), "float32");
        Assert.That(logs["weighted_categorical_accuracy"], Is.EqualTo(2.0 / 5).Within(1e-6), "float32");
        Assert.That(logs["loss"], Is.EqualTo((2.5 + (3 * 2) + 5) / 3).Within(1e-6), "float32");
    }

    [Test]
    public void A_call_without_masks_leaves_none_behind()
    {
        using Tensor x = ones(2, 3, 4).DetachFromDisposeScope();
        var masking = new Masking();
        Assert.That(
            LiveTensors.LeftBy(() =>
            {
                using IDisposable noGrad = no_grad();
                masking.Call(x).Dispose();
            }),
            Is.Zero
        );
    }

    private static string Bits(Tensor mask) => string.Concat(mask.reshape(-1).data<bool>().ToArray().Select(b => b ? '1' : '0'));
}
