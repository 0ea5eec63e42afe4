using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>What recurrent layers refuse when a model is built, by the layer's name and with the shape that came.</summary>
public sealed class RecurrentRefusalTests
{
    private DisposeScope _scope = null!;

    private static IEnumerable<TestCaseData> Kinds =>
        [
            new TestCaseData(
                (Func<bool, bool, Layer>)((stateful, unroll) => new SimpleRNN(3, stateful: stateful, unroll: unroll, name: "it"))
            ).SetArgDisplayNames("SimpleRNN"),
            new TestCaseData(
                (Func<bool, bool, Layer>)((stateful, unroll) => new LSTM(3, stateful: stateful, unroll: unroll, name: "it"))
            ).SetArgDisplayNames("LSTM"),
            new TestCaseData(
                (Func<bool, bool, Layer>)((stateful, unroll) => new GRU(3, stateful: stateful, unroll: unroll, name: "it"))
            ).SetArgDisplayNames("GRU"),
        ];

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static string Message(Func<object> call) => Assert.Catch<ArgumentException>(() => call())!.Message;

    [TestCaseSource(nameof(Kinds))]
    public void Inputs_that_are_no_sequences_are_refused(Func<bool, bool, Layer> make)
    {
        Assert.That(
            Message(() => make(false, false).Apply(new Input(4))),
            Does.Contain("'it'").And.Contain("3 axes").And.Contain("(None, 4)")
        );
        Assert.That(
            Message(() => make(false, false).Apply(new Input(5, 4, 3))),
            Does.Contain("'it'").And.Contain("3 axes").And.Contain("(None, 5, 4, 3)")
        );
        Assert.That(
            Message(() => make(false, false).Apply(new Input(0, 4))),
            Does.Contain("'it'").And.Contain("at least one step").And.Contain("(None, 0, 4)")
        );
    }

    [TestCaseSource(nameof(Kinds))]
    public void A_loop_is_unrolled_over_a_known_number_of_steps(Func<bool, bool, Layer> make)
    {
        Assert.That(
            Message(() => make(false, true).Apply(new Input(new Shape([null, 4])))),
            Does.Contain("'it'").And.Contain("unrolls a known number of steps").And.Contain("(None, None, 4)")
        );
        Assert.That(make(false, true).Apply(new Input(5, 4)).Shape.ToString(), Is.EqualTo("(None, 3)"));
    }

    [TestCaseSource(nameof(Kinds))]
    public void A_stateful_layer_needs_the_size_of_its_batches(Func<bool, bool, Layer> make)
    {
        Assert.That(
            Message(() => make(true, false).Apply(new Input(5, 4))),
            Does.Contain("'it'").And.Contain("stateful").And.Contain("batch_size: 32").And.Contain("(None, 5, 4)")
        );
        Layer layer = make(true, false);
        layer.Call(zeros(2, 5, 4));
        Assert.That(Message(() => layer.Call(zeros(3, 5, 4))), Does.Contain("'it'").And.Contain("2").And.Contain("one of 3"));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Other_features_than_at_first_are_refused(Func<bool, bool, Layer> make)
    {
        Layer layer = make(false, false);
        layer.Apply(new Input(5, 4));
        Assert.That(
            Message(() => layer.Apply(new Input(5, 6))),
            Does.Contain("'it'").And.Contain("(None, 5, 4)").And.Contain("(None, 5, 6)")
        );
    }

    [Test]
    public void Masks_and_first_states_have_the_shapes_of_the_sequences()
    {
        var sequences = new LayerInputs<Tensor>(zeros(2, 5, 4));
        Assert.That(
            Message(() => new LSTM(3, name: "it").CallAll(sequences.WithMasks([ones(2, 4, ScalarType.Bool)]))),
            Does.Contain("'it'").And.Contain("(2, 5, 4)").And.Contain("(2, 4)")
        );
        Assert.That(
            Message(() => new LSTM(3, name: "it").CallAll(new LayerInputs<Tensor>([zeros(2, 5, 4), zeros(2, 3)]))),
            Does.Contain("'it'").And.Contain("2 of the shapes (2, 3), (2, 3)").And.Contain("1: (2, 3)")
        );
        Assert.That(
            Message(() => new GRU(3, name: "it").Apply([new Input(5, 4), new Input(2)])),
            Does.Contain("'it'").And.Contain("1 of the shapes (None, 3)").And.Contain("1: (None, 2)")
        );
    }

    [Test]
    public void The_layers_of_a_bidirectional_one_fit_each_other()
    {
        Assert.That(
            Message(() => new Bidirectional(new LSTM(3), backward_layer: new LSTM(3), name: "it")),
            Does.Contain("'it'").And.Contain("go the same way")
        );
        Assert.That(
            Message(() =>
                new Bidirectional(new LSTM(3), backward_layer: new LSTM(3, go_backwards: true, return_sequences: true), name: "it")
            ),
            Does.Contain("'it'").And.Contain("differ in return_sequences")
        );
        Assert.That(
            Message(() =>
                new Bidirectional(new LSTM(3), merge_mode: "sum", backward_layer: new LSTM(2, go_backwards: true), name: "it").Apply(
                    new Input(5, 4)
                )
            ),
            Does.Contain("'it'").And.Contain("\"sum\"").And.Contain("(None, 3)").And.Contain("(None, 2)")
        );
    }

    [Test]
    public void A_layer_for_each_step_has_steps()
    {
        Assert.That(
            Message(() => new TimeDistributed(new Dense(2), name: "it").Apply(new Input(4))),
            Does.Contain("'it'").And.Contain("at least 3 axes").And.Contain("(None, 4)")
        );
        Assert.That(
            Message(() =>
                new TimeDistributed(new Dense(2), name: "it").CallAll(
                    new LayerInputs<Tensor>(zeros(2, 5, 4)).WithMasks([ones(2, 4, ScalarType.Bool)])
                )
            ),
            Does.Contain("'it'").And.Contain("(2, 5, 4)").And.Contain("(2, 4)")
        );
    }

    [Test]
    public void What_libtorchs_own_operation_cannot_do_is_refused_where_it_is_asked_for()
    {
        string message = Assert
            .Catch<NotSupportedException>(() => new LSTM(3, use_cudnn: "true", activation: "relu", name: "it").Call(zeros(2, 5, 4)))!
            .Message;
        Assert.That(message, Does.Contain("'it'").And.Contain("use_cudnn"));
        Assert.That(Message(() => new GRU(3, use_cudnn: "yes")), Does.Contain("\"auto\"").And.Contain("\"yes\""));
    }

    [Test]
    public void Cells_that_are_stacked_are_some_and_different()
    {
        Assert.That(Message(() => new StackedRNNCells([])), Does.Contain("at least one"));
        var cell = new GRUCell(3);
        Assert.That(Message(() => new StackedRNNCells([cell, cell])), Does.Contain("different"));
    }
}
