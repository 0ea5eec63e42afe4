using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using NumSharp;
using TorchSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Devices;

/// <summary>
/// What goes with a model to another device, and what stays. The other device is libtorch's "meta", which has shapes and no values.
/// </summary>
public sealed class PlacementTests
{
    private static readonly Device Elsewhere = Device.Meta;

    private static Sequential Trained(Optimizer optimizer)
    {
        var model = new Sequential(new Input(2), new Dense(3), new BatchNormalization(), new Dropout(0.5, seed: 3), new Dense(1));
        model.Compile(optimizer, "mse", ["mae"]);
        model.Fit(X, Y, epochs: 2, verbose: 0);
        return model;
    }

    private static double[] Values(Model model) => [.. model.GetWeights().SelectMany(w => w.astype(NPTypeCode.Double).ToArray<double>())];

    private static Adam Everything() => new(use_ema: true, gradient_accumulation_steps: 2, global_clipnorm: 1.0);

    // On which device something stands, as libtorch sees it.
    private static Device Of(Variable variable) => Device.Of(variable.Value);

    [Test]
    public void Weights_slots_averages_and_accumulators_are_moved()
    {
        Sequential model = Trained(Everything());
        Variable[] state = [.. model.Optimizer.Variables.Where(v => v.Shape.Rank > 0)];
        bool[] required = [.. model.Weights.Select(w => w.RequiresGradient)];

        Assert.That(model.To(Elsewhere), Is.SameAs(model));

        Assert.That(state, Has.Length.EqualTo(6 * 4));
        Assert.That(model.Weights.Concat(state).Select(Of), Is.All.EqualTo(Elsewhere));
        Assert.That(model.Weights.Concat(state).Select(v => v.Device), Is.All.EqualTo(Elsewhere));
        Assert.That(model.Weights.Select(w => w.RequiresGradient), Is.EqualTo(required));
        Assert.That(model.Device, Is.EqualTo(Elsewhere));
        Assert.That(model.Layers.Select(l => l.Device), Is.All.EqualTo(Elsewhere));
    }

    [Test]
    public void The_step_after_it_finds_weights_and_state_where_they_are()
    {
        Sequential model = Trained(Everything());
        model.To(Elsewhere);
        Tensor[] gradients = [.. model.TrainableWeights.Select(w => zeros_like(w.Value))];
        Assert.That(() => model.Optimizer.Apply(gradients, model.TrainableWeights), Throws.Nothing);
    }

    [Test]
    public void Numbers_of_an_optimizer_stay_where_they_are_read()
    {
        Sequential model = Trained(new Adam());
        model.To(Elsewhere);
        Assert.That(model.Optimizer.Iterations, Is.EqualTo(2));
        Assert.That(model.Optimizer.Variables.Where(v => v.Shape.Rank == 0).Select(Of), Is.All.EqualTo(Device.Cpu));
    }

    [Test]
    public void The_state_within_a_loss_scale_optimizer_is_moved()
    {
        Sequential model = Trained(new LossScaleOptimizer(new Adam()));
        model.To(Elsewhere);
        Assert.That(model.Optimizer.Variables.Where(v => v.Shape.Rank > 0).Select(Of), Is.Not.Empty.And.All.EqualTo(Elsewhere));
    }

    [Test]
    public void State_follows_weights_that_another_model_has_taken_along()
    {
        Sequential inner = Trained(Everything());
        var outer = new Model(inner.Inputs, inner.Outputs);
        outer.To(Elsewhere);

        Assert.That(
            () => inner.Optimizer.Apply([.. inner.TrainableWeights.Select(w => zeros_like(w.Value))], inner.TrainableWeights),
            Throws.Nothing
        );
        Assert.That(inner.Optimizer.Variables.Where(v => v.Shape.Rank > 0).Select(Of), Is.All.EqualTo(Elsewhere));
    }

    [Test]
    public void A_model_whose_weights_are_on_two_devices_is_refused_by_name()
    {
        Sequential first = Trained(new Adam());
        var second = new Model(first.Input, new Dense(1, name: "own").Apply(first.Output));
        second.Compile("sgd", "mse");
        first.To(Elsewhere);

        Assert.That(
            () => second.Fit(X, Y, verbose: 0),
            Throws
                .InvalidOperationException.With.Message.Contains("own/kernel")
                .And.Message.Contains("\"cpu\"")
                .And.Message.Contains("\"meta:0\"")
        );
    }

    [Test]
    public void Weights_that_are_made_later_are_made_there()
    {
        var sequential = new Sequential(new Dense(3), new BatchNormalization());
        sequential.To(Elsewhere);
        sequential.Add(new Dense(2));
        sequential.EnsureBuilt([new Shape([null, 5])]);
        var own = new Own();
        own.To(Elsewhere);
        own.EnsureBuilt([new Shape([null, 4])]);

        Assert.That(sequential.Weights.Concat(own.Weights).Select(Of), Is.All.EqualTo(Elsewhere));
        Assert.That((sequential.Weights.Count, own.Weights.Count), Is.EqualTo((8, 5)));
    }

    [Test]
    public void Layers_behind_a_model_are_made_where_it_is()
    {
        Sequential body = Trained(new Adam());
        body.To(Elsewhere);
        KerasTensor features = body.GetLayer(2).Output;
        var head = new Dense(2);
        var model = new Model(body.Input, head.Apply(new Activation("relu").Apply(features)));
        body.Add(new Dense(4));

        Assert.That(head.Weights.Select(Of), Is.All.EqualTo(Elsewhere));
        Assert.That(body.Layers[^1].Weights.Select(Of), Is.All.EqualTo(Elsewhere));
        Assert.That(model.Device, Is.EqualTo(Elsewhere));
    }

    [Test]
    public void A_layer_that_is_called_makes_its_weights_where_its_input_is()
    {
        using DisposeScope scope = NewDisposeScope();
        var dense = new Dense(3);
        Tensor y = dense.Call(zeros(2, 4, device: META));
        Assert.That(dense.Weights.Select(Of).Append(Device.Of(y)), Is.All.EqualTo(Elsewhere));
    }

    [Test]
    public void A_clone_is_where_its_original_is()
    {
        Sequential chain = Trained(new Adam());
        var graph = new Model(chain.Inputs, chain.Outputs);
        graph.To(Elsewhere);
        var own = new Own();
        own.To(Elsewhere);
        own.EnsureBuilt([new Shape([null, 4])]);
        Model ownClone = own.Clone();
        ownClone.EnsureBuilt([new Shape([null, 4])]);

        foreach (Model clone in (Model[])[chain.Clone(), graph.Clone(), ownClone])
        {
            Assert.That(clone.Weights.Select(Of), Is.Not.Empty.And.All.EqualTo(Elsewhere));
        }
    }

    [Test]
    public void Metrics_are_moved_and_make_later_sums_there()
    {
        using DisposeScope scope = NewDisposeScope();
        var mean = new MeanSquaredError();
        var late = new Late();
        Assert.That(mean.To(Elsewhere), Is.SameAs(mean));
        late.To(Elsewhere);
        mean.UpdateState(zeros(4, 2, device: META), zeros(4, 2, device: META));
        late.UpdateState(zeros(4, 2, device: META), zeros(4, 2, device: META));
        Assert.That(mean.Variables.Concat(late.Variables).Select(Of), Has.Exactly(3).Items.And.All.EqualTo(Elsewhere));
    }

    [Test]
    public void Weights_and_states_are_host_arrays_that_go_back_to_where_the_weights_are()
    {
        Sequential model = Trained(new Adam());
        IReadOnlyList<NDArray> weights = model.GetWeights();
        model.To(Elsewhere);
        model.SetWeights(weights);
        Assert.That(model.Weights.Select(Of), Is.All.EqualTo(Elsewhere));
        Assert.That(() => model.GetWeights(), Throws.Exception.With.Message.Contains("meta"), "Meta has no values to be read.");
    }

    [Test]
    public void Nothing_is_left_behind_and_a_move_that_fails_moves_nothing()
    {
        Assert.That(
            LiveTensors.LeftBy(() =>
            {
                var model = new Sequential(new Input(2), new Dense(3), new BatchNormalization(), new Dense(1));
                model.Compile(Everything(), "mse");
                model.Fit(X, Y, verbose: 0);
                model.To(Elsewhere);
                Assert.That(
                    () => model.To("cpu"),
                    Throws.InvalidOperationException.With.Message.StartsWith($"Moving the model '{model.Name}' to \"cpu\" failed"),
                    "Meta has no values."
                );
                Assert.That(model.Weights.Select(Of), Is.All.EqualTo(Elsewhere));
                model.Release();
            }),
            Is.Zero
        );
    }

    [Test]
    public void A_fit_with_the_device_where_the_model_is_is_that_without()
    {
        Sequential one = Model(true, new Dropout(0.5, seed: 3));
        Sequential other = Model(true, new Dropout(0.5, seed: 3));
        History without = one.Fit(X, Y, epochs: 3, verbose: 0, shuffle: false, validation_split: 0.5);
        History with = other.Fit(X, Y, epochs: 3, verbose: 0, shuffle: false, validation_split: 0.5, device: "cpu");

        Assert.That(Values(other), Is.EqualTo(Values(one)));
        Assert.That((with["loss"], with["val_loss"]), Is.EqualTo((without["loss"], without["val_loss"])));
        Assert.That(other.Evaluate(X, Y, device: "cpu")["loss"], Is.EqualTo(one.Evaluate(X, Y)["loss"]));
        Assert.That(other.Predict(X, device: "cpu").ToArray<float>(), Is.EqualTo(one.Predict(X).ToArray<float>()));
    }

    [Test]
    public void A_device_that_is_not_there_is_refused_and_nothing_is_changed()
    {
        if (cuda.is_available())
        {
            Assert.Ignore("There is a GPU.");
        }

        Sequential model = Trained(new Adam());
        var unbuilt = new Sequential(new Dense(3), new Dense(1));
        unbuilt.Compile("sgd", "mse");
        double[] before = Values(model);
        Tensor[] tensors = [.. model.Weights.Select(w => w.Value)];
        foreach (
            Action call in (Action[])
                [
                    () => model.To("cuda"),
                    () => model.Fit(X, Y, verbose: 0, device: "cuda"),
                    () => model.Evaluate(X, Y, device: "cuda"),
                    () => model.Predict(X, device: "cuda:1"),
                    () => model.PredictOutputs(X, device: "cuda"),
                    () => unbuilt.To("cuda"),
                    () => unbuilt.Fit(X, Y, verbose: 0, device: "cuda"),
                    () => new Mean().To("cuda"),
                ]
        )
        {
            Assert.That(
                () => call(),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains("finds none here").And.Message.Contains("give \"cpu\"")
            );
        }

        Assert.That(Values(model), Is.EqualTo(before));
        Assert.That(model.Weights.Select(w => w.Value), Is.EqualTo(tensors).Using<Tensor>((a, b) => ReferenceEquals(a, b)));
        Assert.That((unbuilt.Built, unbuilt.Device, model.Device), Is.EqualTo((false, Device.Cpu, Device.Cpu)));
        Assert.That(model.Optimizer.Iterations, Is.EqualTo(2));
    }

    [Test]
    public void A_call_that_is_refused_for_another_reason_leaves_the_model_where_it_was()
    {
        Sequential model = Trained(Everything());
        var unbuilt = new Sequential(new Dense(3), new Dense(1));
        unbuilt.Compile("sgd", "mse");
        double[] before = Values(model);
        Tensor[] tensors = [.. model.Weights.Select(w => w.Value)];
        double[] slots = [.. model.Optimizer.Variables.Where(v => v.Shape.Rank > 0).Select(v => v.Value.sum().item<float>())];
        foreach (Sequential tried in (Sequential[])[model, unbuilt])
        {
            Assert.That(() => tried.Fit(X, new float[9, 1], verbose: 0, device: Elsewhere), Throws.ArgumentException);
            Assert.That(() => tried.Fit(X, new float[10, 7], verbose: 0, device: Elsewhere), Throws.ArgumentException);
            Assert.That(() => tried.Evaluate(X, new float[9, 1], device: Elsewhere), Throws.ArgumentException);
            Assert.That(() => tried.Predict(new float[10, 2, 3, 4], device: Elsewhere), Throws.Exception);
            Assert.That(() => tried.PredictOutputs(new float[0, 2], device: Elsewhere), Throws.ArgumentException);
        }

        Assert.That(Values(model), Is.EqualTo(before));
        Assert.That(model.Weights.Select(w => w.Value), Is.EqualTo(tensors).Using<Tensor>((a, b) => ReferenceEquals(a, b)));
        Assert.That(
            model.Optimizer.Variables.Where(v => v.Shape.Rank > 0).Select(v => (double)v.Value.sum().item<float>()),
            Is.EqualTo(slots)
        );
        Assert.That((unbuilt.Built, unbuilt.Device, model.Device), Is.EqualTo((false, Device.Cpu, Device.Cpu)));
        Assert.That(() => model.Fit(X, Y, verbose: 0), Throws.Nothing);
        Assert.That(() => unbuilt.Fit(X, Y, verbose: 0), Throws.Nothing);
    }

    [Test]
    public void While_a_fit_runs_its_model_stays_where_it_is()
    {
        Sequential model = Trained(new Adam());
        var sharing = new Model(model.Inputs, model.Outputs, name: "sharing");
        var thrown = new List<Exception?>();
        void Try(Action action)
        {
            Exception? e = null;
            try
            {
                action();
            }
            catch (InvalidOperationException refused)
            {
                e = refused;
            }

            thrown.Add(e);
        }

        var meanwhile = new LambdaCallback(
            on_epoch_end: (_, _) =>
            {
                Try(() => model.To(Elsewhere));
                Try(() => model.Predict(X, device: Elsewhere));
                Try(() => sharing.To(Elsewhere));
                thrown.Add(OtherThread.Run(() => model.To(Elsewhere)));
                Assert.That(() => model.To("cpu"), Throws.Nothing, "It is there.");
                Assert.That(() => model.Predict(X, device: "cpu"), Throws.Nothing);
            }
        );
        model.Fit(X, Y, verbose: 0, callbacks: [meanwhile]);

        Assert.That(thrown, Has.Count.EqualTo(4).And.All.TypeOf<InvalidOperationException>());
        Assert.That(
            thrown.Select(e => e!.Message),
            Is.All.Contain($"in use, by Fit of '{model.Name}'").And.All.Contain("cannot be moved to \"meta:0\"")
        );
        Assert.That(model.Device, Is.EqualTo(Device.Cpu));
        Assert.That(() => model.To(Elsewhere), Throws.Nothing, "After the fit it may go.");
    }

    // Makes its sum when it sees the first batch.
    private sealed class Late() : Metric("late")
    {
        public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) =>
            AddVariable("sum").Value.add_(y_pred.sum());

        public override Tensor Result() => Variables[0].Value.clone();
    }

    private sealed class Own() : Model(name: "own")
    {
        private readonly Dense _first = new(3);
        private readonly Dense _second = new(2);
        private Variable? _scale;

        protected override void Build(Shape inputShape) => _scale = AddWeight("scale", 2, new Initializers.Ones());

        protected internal override Tensor Forward(Tensor input, CallContext context) => _second.Call(_first.Call(input)) * _scale!.Value;
    }
}
