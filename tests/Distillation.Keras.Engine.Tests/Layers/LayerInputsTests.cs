using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Calls with masks and arguments by name: of a layer, in a graph, and in configurations.</summary>
public sealed class LayerInputsTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open()
    {
        _scope = NewDisposeScope();
        KerasSerializer.Register<Padding>();
        KerasSerializer.Register<MeanOfTokens>();
        KerasSerializer.Register<Doubled>();
        KerasSerializer.Register<Cell>();
    }

    [TearDown]
    public void Close() => _scope.Dispose();

    /// <summary>Says that tokens of zeros do not count.</summary>
    public sealed class Padding(string? name = null) : Layer(name)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) => input;

        protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs) =>
            [inputs.Tensors[0].any(-1, keepdim: false)];
    }

    /// <summary>Twice its input; masks go through.</summary>
    public sealed class Doubled(string? name = null) : Layer(name)
    {
        protected internal override bool SupportsMasking => true;

        protected internal override Tensor Forward(Tensor input, CallContext context) => input.add(input);
    }

    /// <summary>The mean of the tokens that count.</summary>
    public sealed class MeanOfTokens(string? name = null) : Layer(name)
    {
        protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
        {
            Tensor x = inputs.Tensors[0];
            if (inputs.Mask(0) is not Tensor mask)
            {
                return [x.mean([1])];
            }

            using DisposeScope scope = NewDisposeScope();
            Tensor counts = mask.to(x.dtype).unsqueeze(-1);
            return [x.mul(counts).sum(1).div(counts.sum(1)).MoveToOuterDisposeScope()];
        }
    }

    /// <summary>Adds a state, scaled, to its input, and gives both.</summary>
    public sealed class Cell(string? name = null) : Layer(name)
    {
        protected internal override IReadOnlyList<string> CallArguments => ["initial_state", "factor"];

        protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
        {
            Tensor x = inputs.Tensors[0];
            Tensor state = inputs.TensorsOf("initial_state") is [Tensor given] ? given : x;
            return [x.add(state.mul(tensor((float)inputs.ValueOf("factor", 1.0)))), x.clone()];
        }
    }

    private static readonly float[,,] Tokens =
    {
        {
            { 1, 2 },
            { 3, 4 },
            { 0, 0 },
        },
        {
            { 5, 6 },
            { 0, 0 },
            { 0, 0 },
        },
    };

    [Test]
    public void A_mask_goes_from_the_layer_that_makes_it_through_those_that_keep_it_to_the_one_that_uses_it()
    {
        Input x = new(3, 2);
        var model = new Model(x, new MeanOfTokens().Apply(new Doubled().Apply(new Padding().Apply(x))));
        float[] expected = [4, 6, 10, 12];
        Assert.That(model.Call(tensor(Tokens)).data<float>().ToArray(), Is.EqualTo(expected));
        foreach (
            Model same in new[]
            {
                model.Clone(),
                Model.FromJson(model.ToJson()),
                new Model(x, model.Apply(x)),
                new Sequential(new Input(3, 2), new Padding(), new Doubled(), new MeanOfTokens()),
            }
        )
        {
            using NDArray output = same.Predict(Tokens);
            Assert.That(output.ToArray<float>(), Is.EqualTo(expected));
        }

        var without = new Model(x, new MeanOfTokens().Apply(new Doubled().Apply(x)));
        Assert.That(without.Call(tensor(Tokens)).data<float>()[0], Is.EqualTo(8f / 3).Within(1e-6f), "float32 rounding of a third");
    }

    [Test]
    public void A_nested_model_hands_its_masks_on()
    {
        Input x = new(3, 2);
        var inner = new Model(x, new Doubled().Apply(new Padding().Apply(x)));
        Input outer = new(3, 2);
        var model = new Model(outer, new MeanOfTokens().Apply(inner.Apply(outer)));
        Assert.That(model.Call(tensor(Tokens)).data<float>().ToArray(), Is.EqualTo(new float[] { 4, 6, 10, 12 }));
    }

    [Test]
    public void A_prediction_leaves_no_mask_behind()
    {
        Input x = new(3, 2);
        var model = new Model(x, new MeanOfTokens().Apply(new Doubled().Apply(new Padding().Apply(x))));
        using NDArray first = model.Predict(Tokens);
        Tensor data = tensor(Tokens).DetachFromDisposeScope();
        using IDisposable noGrad = no_grad();
        long before = LiveTensors.Count;
        OtherThread.Run(() =>
        {
            using IDisposable none = no_grad();
            long own = LiveTensors.Count;
            model.Call(data).Dispose();
            Assert.That(LiveTensors.Count, Is.EqualTo(own), "without a dispose scope around it");
        });
        Assert.That(LiveTensors.Count, Is.EqualTo(before));
        data.Dispose();
    }

    [Test]
    public void A_loss_counts_the_tokens_of_the_outputs_mask_alone()
    {
        Input x = new(3, 2);
        var model = new Model(x, new Doubled().Apply(new Padding().Apply(x)));
        model.Compile("sgd", "mse");
        float[,,] zero = new float[2, 3, 2];

        // Keras: the mean over the three tokens that count, (4·(1 + 4) / 2 + 4·(9 + 16) / 2 + 4·(25 + 36) / 2) / 3.
        Assert.That(
            model.Evaluate(Tokens, zero)["loss"],
            Is.EqualTo((10.0 + 50 + 122) / 3).Within(1e-4),
            "float32 rounding of numbers of that size, and Keras' epsilon of 1e-7"
        );
    }

    [Test]
    public void Arguments_by_name_reach_the_layer_and_come_back_from_configurations()
    {
        Input x = new(2);
        Input state = new(2);
        IReadOnlyList<KerasTensor> outputs = new Cell().ApplyAll(
            new LayerInputs<KerasTensor>((KerasTensor)x).With("initial_state", state).With("factor", 0.5)
        );
        var model = new Model(new KerasTensor[] { x, state }, outputs.ToArray());
        foreach (Model same in new[] { model, model.Clone(), Model.FromJson(model.ToJson()) })
        {
            Tensor sum = same.CallAll([ones(1, 2), ones(1, 2)])[0];
            Assert.That(sum.data<float>().ToArray(), Is.EqualTo(new[] { 1.5f, 1.5f }));
        }

        LayerOutputs direct = new Cell().CallAll(new LayerInputs<Tensor>(ones(1, 2)).With("initial_state", zeros(1, 2)));
        Assert.That(direct.Tensors[0].data<float>().ToArray(), Is.EqualTo(new[] { 1f, 1f }));
        Assert.That(direct.Mask(1), Is.Null);
    }

    /// <summary>Hands its second input on as the mask of the first one.</summary>
    public sealed class MaskedBy : Model
    {
        protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context) =>
            [inputs.Tensors[0].neg()];

        protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs) => [inputs.Tensors[1]];
    }

    [Test]
    public void An_input_that_becomes_a_mask_stays_the_callers()
    {
        Tensor mask = ones(1, 2, ScalarType.Bool);
        _ = new MaskedBy().CallAll([ones(1, 2), mask]);
        Assert.That(mask.IsInvalid, Is.False);
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        var inputs = new LayerInputs<Tensor>(ones(1, 2));
        Assert.That(
            () => new Doubled("d").CallAll(inputs.With("initial_state", ones(1, 2))),
            Throws.ArgumentException.With.Message.Contains("'d'").And.Message.Contains("'initial_state'")
        );
        Assert.That(
            () => new Cell().CallAll(inputs.With("initial_stat", ones(1, 2))),
            Throws.ArgumentException.With.Message.Contains("'initial_state'")
        );
        Assert.That(() => inputs.With("a", new object()), Throws.ArgumentException.With.Message.Contains("'a'"));
        Assert.That(() => inputs.With("training", 1), Throws.ArgumentException.With.Message.Contains("training"));
        Assert.That(() => inputs.WithMasks(null, null), Throws.ArgumentException.With.Message.Contains("1 tensors"));
        Assert.That(() => new LayerInputs<Tensor>(), Throws.ArgumentException);
        Assert.That(() => inputs.With("factor", 2L).ValueOf("factor", 1.0), Throws.ArgumentException.With.Message.Contains("'factor'"));
        Assert.That(() => inputs.Mask(1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(inputs.With("training", true).Training, Is.True);
        Assert.That(inputs.Training, Is.Null, "it is not changed itself");
        Tensor[] given = [ones(1, 2)];
        var kept = new LayerInputs<Tensor>(given);
        given[0] = zeros(1, 2);
        Assert.That(kept.Tensors[0].sum().item<float>(), Is.EqualTo(2f), "nor with the array that it was made of");
    }
}
