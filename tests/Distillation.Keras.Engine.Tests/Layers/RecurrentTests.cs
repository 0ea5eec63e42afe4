using Distillation.Keras.Layers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>What the fixtures of recurrent layers do not show: refusals, dropout, kept states, masks, memory, files.</summary>
[TestFixture]
public sealed class RecurrentTests
{
    private readonly TemporaryFolder _folder = new();
    private DisposeScope _scope = null!;

    private static IEnumerable<TestCaseData> Kinds =>
        [
            Case(
                "SimpleRNN",
                (stateful, dropout) => new SimpleRNN(3, stateful: stateful, dropout: dropout, recurrent_dropout: dropout, seed: 7)
            ),
            Case("LSTM", (stateful, dropout) => new LSTM(3, stateful: stateful, dropout: dropout, recurrent_dropout: dropout, seed: 7)),
            Case("GRU", (stateful, dropout) => new GRU(3, stateful: stateful, dropout: dropout, recurrent_dropout: dropout, seed: 7)),
        ];

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [OneTimeTearDown]
    public void TearDown() => _folder.Dispose();

    private static TestCaseData Case(string name, Func<bool, double, Layer> make) => new TestCaseData(make).SetArgDisplayNames(name);

    private static Tensor Steps(long steps, long from = 0) => arange(from, from + (2 * steps * 2), float32).sin().reshape(2, steps, 2);

    private static float[] Numbers(Tensor x) => [.. x.detach().contiguous().data<float>()];

    // Both layers with the same weights.
    private static (Layer, Layer) Twins(Func<bool, double, Layer> make, bool stateful, double dropout = 0)
    {
        (Layer one, Layer other) = (make(stateful, dropout), make(stateful, dropout));
        one.Call(Steps(4), training: false);
        other.Call(Steps(4), training: false);
        other.SetWeights(one.GetWeights());
        return (one, other);
    }

    [TestCaseSource(nameof(Kinds))]
    public void Dropout_with_a_seed_drops_the_same_again_and_nothing_outside_of_training(Func<bool, double, Layer> make)
    {
        (Layer one, Layer other) = Twins(make, stateful: false, dropout: 0.5);
        Tensor x = Steps(4);
        float[] first = Numbers(one.Call(x, training: true));
        float[] plain = Numbers(one.Call(x, training: false));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Numbers(other.Call(x, training: true)), Is.EqualTo(first));
            Assert.That(first, Is.Not.EqualTo(plain));
            Assert.That(Numbers(one.Call(x, training: true)), Is.Not.EqualTo(first), "the next call draws anew");
            Assert.That(Numbers(one.Call(x, training: false)), Is.EqualTo(plain));
        }
    }

    // A share this small drops nothing, and the way of dropping is gone all the same.
    [TestCase(2)]
    [TestCase(3)]
    public void A_recurrent_dropout_that_drops_nothing_changes_nothing(int units)
    {
        Layer[] layers =
        [
            new SimpleRNN(units, recurrent_dropout: 1e-12, bias_initializer: "random_uniform"),
            new LSTM(units, recurrent_dropout: 1e-12, bias_initializer: "random_uniform"),
            new GRU(units, recurrent_dropout: 1e-12, bias_initializer: "random_uniform"),
            new GRU(units, recurrent_dropout: 1e-12, reset_after: false, bias_initializer: "random_uniform"),
        ];
        foreach (Layer layer in layers)
        {
            float[] plain = Numbers(layer.Call(Steps(4), training: false));
            Assert.That(Numbers(layer.Call(Steps(4), training: true)), Is.EqualTo(plain).Within(1e-6), layer.Name);
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void A_state_is_kept_from_call_to_call_until_it_is_reset(Func<bool, double, Layer> make)
    {
        (Layer kept, Layer _) = Twins(make, stateful: true);
        var layer = (RNN)kept;
        Tensor x = Steps(4);
        layer.ResetState();
        float[] whole = Numbers(layer.Call(x));
        float[] later = Numbers(layer.Call(x));
        layer.ResetState();
        layer.Call(x.narrow(1, 0, 2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Numbers(layer.Call(x.narrow(1, 2, 2))), Is.EqualTo(whole).Within(1e-6));
            Assert.That(later, Is.Not.EqualTo(whole));
            layer.ResetState();
            Assert.That(Numbers(layer.Call(x)), Is.EqualTo(whole).Within(1e-6));
        }
    }

    [Test]
    public void States_stand_behind_the_output()
    {
        IReadOnlyList<Tensor> outputs = new LSTM(3, return_sequences: true, return_state: true).CallAll([Steps(4)]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outputs.Select(o => o.shape), Is.EqualTo(new long[][] { [2, 4, 3], [2, 3], [2, 3] }));
            Assert.That(Numbers(outputs[1]), Is.EqualTo(Numbers(outputs[0].select(1, 3))));
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void A_mask_leaves_steps_out(Func<bool, double, Layer> make)
    {
        Layer layer = make(false, 0);
        Tensor x = Steps(4);
        layer.Call(x);
        Tensor mask = tensor((bool[])[true, false, true, true, true, true, false, false]).reshape(2, 4);
        float[] masked = Numbers(layer.CallAll(new LayerInputs<Tensor>(x).WithMasks([mask])).Tensors[0]);
        float[] first = Numbers(layer.Call(x[0..1].index_select(1, tensor((long[])[0, 2, 3]))));
        float[] second = Numbers(layer.Call(x[1..2].narrow(1, 0, 2)));
        Assert.That(masked, Is.EqualTo([.. first, .. second]).Within(1e-6));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Calls_leave_no_tensor_behind(Func<bool, double, Layer> make)
    {
        foreach ((bool stateful, double dropout) in new[] { (false, 0.0), (true, 0.0), (false, 0.5) })
        {
            Layer layer = make(stateful, dropout);
            Tensor x = Steps(4);
            Tensor mask = ones(2, 4, dtype: ScalarType.Bool);
            using IDisposable noGrad = no_grad();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(LiveTensors.LeftBy(() => layer.Call(x, training: true).Dispose()), Is.Zero, $"{stateful} {dropout}");
                Assert.That(
                    LiveTensors.LeftBy(() => layer.CallAll(new LayerInputs<Tensor>(x).WithMasks([mask])).Tensors[0].Dispose()),
                    Is.Zero,
                    $"with a mask {stateful} {dropout}"
                );
            }
        }
    }

    [Test]
    public void Both_directions_are_joined_as_asked_and_the_backward_one_reads_from_the_end()
    {
        var layer = new Bidirectional(new SimpleRNN(3, return_sequences: true), merge_mode: "concat");
        Tensor x = Steps(4);
        Tensor y = layer.Call(x);
        Layer forward = layer.Layer;
        Layer backward = layer.BackwardLayer;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(y.shape, Is.EqualTo(new long[] { 2, 4, 6 }));
            Assert.That(Numbers(y.narrow(2, 0, 3)), Is.EqualTo(Numbers(forward.Call(x))));
            Assert.That(Numbers(y.narrow(2, 3, 3)), Is.EqualTo(Numbers(backward.Call(x).flip(1))));
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void A_file_keeps_a_recurrent_layer(Func<bool, double, Layer> make)
    {
        Sequential model = new(new Input(new Shape(4, 2)), make(false, 0), new Dense(2));
        NDArray x = np.arange(16).astype(NPTypeCode.Single).reshape(2, 4, 2);
        float[] before = model.Predict(x, verbose: 0).ToArray<float>();
        foreach (string name in (string[])["m.keras", "m.h5"])
        {
            model.Save(_folder[name]);
            var again = Model.Load(_folder[name]);
            Assert.That(again.Predict(x, verbose: 0).ToArray<float>(), Is.EqualTo(before), name);
            again.Release();
        }
    }

    [Test]
    public void Wrong_arguments_and_shapes_are_refused_in_words()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new LSTM(0), Throws.InstanceOf<ArgumentException>().With.Message.Contains("units"));
            Assert.That(() => new GRU(3, dropout: 1.5), Throws.InstanceOf<ArgumentException>().With.Message.Contains("dropout"));
            Assert.That(
                () => new SimpleRNN(3, recurrent_dropout: -0.1),
                Throws.InstanceOf<ArgumentException>().With.Message.Contains("recurrent_dropout")
            );
            Assert.That(
                () => new LSTM(3, name: "gates").Call(zeros(2, 4)),
                Throws.ArgumentException.With.Message.Contains("gates").And.Message.Contains("(2, 4)")
            );
            Assert.That(
                () => new Bidirectional(new SimpleRNN(3), merge_mode: "both"),
                Throws.ArgumentException.With.Message.Contains("merge_mode").And.Message.Contains("both")
            );
        }
    }
}
