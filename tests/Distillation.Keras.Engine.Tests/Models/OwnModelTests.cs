using Distillation.Keras.Layers;
using Distillation.Keras.Models;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;
using Distillation.Keras.Training;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Models;

/// <summary>Models that are classes of one's own: <c>Forward</c> over layers in fields, and steps of one's own.</summary>
public sealed class OwnModelTests
{
    private static readonly float[,] X =
    {
        { 1, 2 },
        { -1, 0.5f },
        { 0.3f, 1 },
        { 2, -2 },
        { 0, 1 },
    };
    private static readonly float[,] Y =
    {
        { 1, 0, 0 },
        { 0, 1, 0 },
        { 0, 0, 1 },
        { 1, 0, 0 },
        { 0, 1, 0 },
    };

    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    /// <summary>Two dense layers with batch normalisation and dropout between them.</summary>
    public sealed class Perceptron : Model
    {
        private readonly List<Layer> _layers;

        public Perceptron(int units, int classes, string? name = null)
            : base(name)
        {
            (Units, Classes) = (units, classes);
            _layers = [new Dense(units, activation: "relu"), new BatchNormalization(), new Dense(classes, activation: "softmax")];
        }

        public int Units { get; }

        public int Classes { get; }

        protected internal override Tensor Forward(Tensor input, CallContext context) =>
            _layers.Aggregate(input, (x, layer) => layer.Call(x));
    }

    private static Sequential SameAsGraph(Model model)
    {
        var graph = new Sequential(
            new Input(2),
            new Dense(4, activation: "relu"),
            new BatchNormalization(),
            new Dense(3, activation: "softmax")
        );
        graph.SetWeights(model.GetWeights());
        return graph;
    }

    [Test]
    public void A_class_of_ones_own_is_named_after_its_class()
    {
        var own = new Perceptron(4, 3);
        using NDArray made = own.Predict(X);
        Assert.That(own.Name, Does.Match("^perceptron(_\\d+)?$"));
        Assert.That(own.Weights[0].Path, Does.StartWith(own.Name + "/"));
    }

    [Test]
    public void A_class_of_ones_own_is_trained_evaluated_and_asked_as_the_same_graph()
    {
        var own = new Perceptron(4, 3);
        Assert.That(own.Built, Is.False);
        using NDArray before = own.Predict(X);
        Sequential graph = SameAsGraph(own);
        foreach (Model model in new Model[] { own, graph })
        {
            model.Compile(new Adam(0.01), "categorical_crossentropy", ["accuracy"]);
        }

        History a = own.Fit(X, Y, batch_size: 2, epochs: 3, verbose: 0, shuffle: false, validation_data: (X, Y));
        History b = graph.Fit(X, Y, batch_size: 2, epochs: 3, verbose: 0, shuffle: false, validation_data: (X, Y));
        Assert.That(a.Names, Is.EqualTo(b.Names));
        foreach (string key in a.Names)
        {
            Assert.That(a[key], Is.EqualTo(b[key]), $"{key}, bit for bit");
        }

        Assert.That(own.Evaluate(X, Y)["accuracy"], Is.EqualTo(graph.Evaluate(X, Y)["accuracy"]));
        using NDArray p = own.Predict(X);
        using NDArray q = graph.Predict(X);
        Assert.That(p.ToArray<float>(), Is.EqualTo(q.ToArray<float>()));
        Assert.That(own.Weights.Select(w => w.Path), Has.All.StartsWith(own.Name + "/"));
        Assert.That(own.Layers, Has.Count.EqualTo(3));
        Assert.That(own.CountParams(), Is.EqualTo(graph.CountParams()));
    }

    [Test]
    public void It_is_one_layer_of_a_graph_and_comes_back_from_its_configuration()
    {
        KerasSerializer.Register<Perceptron>();
        var own = new Perceptron(4, 3, name: "own");
        Input x = new(2);
        var around = new Model(x, own.Apply(x));
        Assert.That(around.Outputs[0].Shape, Is.EqualTo(new Shape([null, 3])));
        Assert.That(around.Weights, Is.EqualTo(own.Weights));
        foreach (Model copy in new[] { Model.FromJson(around.ToJson()), around.Clone() })
        {
            Assert.That(copy.Layers[1], Is.TypeOf<Perceptron>().And.Not.SameAs(own));
            copy.SetWeights(around.GetWeights());
            Tensor data = tensor(X);
            Assert.That(copy.Call(data).Equals(own.Call(data)));
        }
    }

    [Test]
    public void What_needs_a_graph_is_refused_with_what_to_do()
    {
        var own = new Perceptron(4, 3, name: "own");
        own.Call(tensor(X));
        Assert.That(() => own.Inputs, Throws.InvalidOperationException.With.Message.Contains("'own'").And.Message.Contains("Apply"));
        Assert.That(() => own.Steps, Throws.InvalidOperationException.With.Message.Contains("'own'"));
        string summary = string.Empty;
        own.Summary(print_fn: text => summary = text);
        Assert.That(summary, Does.Contain("own").And.Contain("Total params"));
    }

    /// <summary>A graph whose loss has a term of its own.</summary>
    private sealed class WithPenalty(KerasTensor input, KerasTensor output) : Model(input, output, "penalised")
    {
        protected internal override Tensor ComputeLoss(Batch batch, IReadOnlyList<Tensor> outputs, StepContext step) =>
            step.CompiledLoss(batch, outputs).add(outputs[0].square().mean());
    }

    [Test]
    public void A_loss_of_ones_own_is_what_is_trained_and_reported()
    {
        Input x = new(2);
        KerasTensor y = new Dense(3).Apply(x);
        var plain = new Model(x, y);
        var own = new WithPenalty(x, y);
        foreach (Model model in new Model[] { plain, own })
        {
            model.Compile("sgd", "mse");
        }

        double output = plain.Call(tensor(X)).square().mean().item<float>();
        Assert.That(
            own.Evaluate(X, Y)["loss"],
            Is.EqualTo(plain.Evaluate(X, Y)["loss"] + output).Within(1e-6),
            "float32 rounding of a sum of two"
        );
        Assert.That(own.Layers, Has.Count.EqualTo(2));
        Assert.That(() => own.ToJson(), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'penalised'"));
    }

    /// <summary>An autoencoder that needs no targets and no compiled loss.</summary>
    private sealed class Autoencoder : Model
    {
        private readonly Dense _code = new(2);
        private readonly Dense _back = new(2);

        protected internal override Tensor Forward(Tensor input, CallContext context) => _back.Call(_code.Call(input));

        protected internal override void TrainStep(Batch batch, StepContext step)
        {
            Tensor loss = Error(batch, step);
            step.Report(batch, "error", loss);
            step.Minimize(loss);
        }

        protected internal override void TestStep(Batch batch, StepContext step) => step.Report(batch, "error", Error(batch, step));

        private static Tensor Error(Batch batch, StepContext step) => step.Forward(batch)[0].sub(batch.X[0]).square().mean();
    }

    [Test]
    public void A_step_of_ones_own_needs_neither_targets_nor_a_compiled_loss_and_leaves_no_tensor_behind()
    {
        var model = new Autoencoder();
        model.Compile(new Adam(0.05));
        History history = model.Fit(X, epochs: 30, verbose: 0);
        Assert.That(history.Names, Is.EqualTo(new[] { "error" }));
        Assert.That(history["error"][^1], Is.LessThan(0.5 * history["error"][0]));
        double mean = model.Evaluate(X)["error"];
        Assert.That(mean, Is.EqualTo(model.Evaluate(X, batch_size: 2)["error"]).Within(1e-6), "batches count by their samples");
        long before = LiveTensors.Count;
        model.Fit(X, epochs: 5, verbose: 0);
        Assert.That(LiveTensors.Count, Is.EqualTo(before));
    }

    private sealed class Wrong(Action<Batch, StepContext> test) : Model
    {
        private readonly Dense _dense = new(3);

        protected internal override Tensor Forward(Tensor input, CallContext context) => _dense.Call(input);

        protected internal override void TrainStep(Batch batch, StepContext step) => test(batch, step);

        protected internal override void TestStep(Batch batch, StepContext step) => test(batch, step);
    }

    [Test]
    public void What_a_step_must_not_do_is_refused()
    {
        Exception Evaluated(Action<Batch, StepContext> step, bool withTargets = true)
        {
            var model = new Wrong(step);
            model.Compile("sgd", withTargets ? "mse" : null, ["mae"]);
            return Assert.Catch(() => model.Evaluate(X, withTargets ? (ArrayLike)Y : null))!;
        }

        Assert.That(
            Evaluated((batch, step) => step.Minimize(step.Forward(batch)[0].sum())),
            Is.TypeOf<InvalidOperationException>().With.Message.Contains("TrainStep")
        );
        Assert.That(
            Evaluated((batch, step) => step.CompiledLoss(batch, [.. step.Forward(batch), batch.X[0]])),
            Is.TypeOf<ArgumentException>().With.Message.Contains("1 outputs")
        );
        Assert.That(
            Evaluated((batch, step) => step.Report(batch, "rows", step.Forward(batch)[0])),
            Is.TypeOf<ArgumentException>().With.Message.Contains("'rows'")
        );
        Assert.That(
            Evaluated((batch, step) => step.Report(batch, "mae", step.Forward(batch)[0].sum())),
            Is.TypeOf<ArgumentException>().With.Message.Contains("'mae'")
        );
        Assert.That(
            Evaluated((batch, step) => step.UpdateMetrics(batch, step.Forward(batch)), withTargets: false),
            Is.TypeOf<ArgumentException>().With.Message.Contains("need targets")
        );
        Assert.That(
            Evaluated((batch, step) => step.Minimize(step.Forward(batch)[0].sum(), new SGD(0.1), [null!])),
            Is.TypeOf<ArgumentException>().With.Message.Contains("One of the weights is null")
        );
        Assert.That(() => new WithCompiledLoss().Evaluated(X), Throws.InvalidOperationException.With.Message.Contains("has a loss"));
    }

    /// <summary>Trains as any model, and reports another number in evaluations.</summary>
    private sealed class WithTest(KerasTensor input, KerasTensor output) : Model(input, output)
    {
        protected internal override void TestStep(Batch batch, StepContext step) =>
            step.Report(batch, "largest", step.Forward(batch)[0].max());
    }

    [Test]
    public void What_a_step_does_not_report_is_not_in_the_logs()
    {
        Input x = new(2);
        var model = new WithTest(x, new Dense(3).Apply(x));
        model.Compile("sgd", "mse");
        History history = model.Fit(X, Y, epochs: 1, verbose: 0, validation_data: (X, Y));
        Assert.That(history.Names, Is.EqualTo(new[] { "loss", "val_largest" }));
        Assert.That(model.Evaluate(X, Y).Keys, Is.EqualTo(new[] { "largest" }));
    }

    /// <summary>Has other methods of the names of the steps beside them.</summary>
    private sealed class Overloaded(KerasTensor input, KerasTensor output) : Model(input, output)
    {
        public int Trained { get; private set; }

        protected internal override void TrainStep(Batch batch, StepContext step)
        {
            TrainStep(1);
            base.TrainStep(batch, step);
        }

        private void TrainStep(int more) => Trained += more;
    }

    [Test]
    public void Other_methods_may_have_the_names_of_the_steps()
    {
        Input x = new(2);
        var model = new Overloaded(x, new Dense(3, "softmax").Apply(x));
        model.Compile("sgd", "categorical_crossentropy");
        model.Fit(X, Y, batch_size: 2, verbose: 0);
        Assert.That(model.Trained, Is.EqualTo(3));
    }

    private sealed class WithCompiledLoss : Model
    {
        private readonly Dense _dense = new(3);

        public Logs Evaluated(float[,] x)
        {
            Compile("sgd");
            return Evaluate(x);
        }

        protected internal override Tensor Forward(Tensor input, CallContext context) => _dense.Call(input);

        protected internal override Tensor ComputeLoss(Batch batch, IReadOnlyList<Tensor> outputs, StepContext step) =>
            step.CompiledLoss(batch, outputs);
    }

    private sealed class Nothing : Model;

    [Test]
    public void A_class_that_computes_nothing_is_refused_by_its_name() =>
        Assert.That(
            () => new Nothing().Call(tensor(X)),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("Nothing").And.Message.Contains("Forward")
        );

    private sealed class Both(KerasTensor input, KerasTensor output) : Model(input, output, "both")
    {
        // What the graph computes, and its negative beside it.
        protected internal override Tensor Forward(Tensor input, CallContext context)
        {
            Tensor x = Layers[1].Call(input, context.Training);
            return cat([x, x.neg()], -1);
        }
    }

    [Test]
    public void A_class_over_a_graph_that_computes_something_else_is_trained_on_what_it_computes()
    {
        var input = new Input(3);
        var model = new Both(input, new Dense(2).Apply(input));
        model.Compile("sgd", "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        using Tensor x = ones(4, 3);

        // Class 3 is one of four outputs, but not of the graph's two.
        Logs logs = model.Evaluate(x, new[] { 0, 1, 2, 3 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(logs.Keys, Is.EqualTo(["accuracy", "loss"]));
            Assert.That(model.Predict(x).shape, Is.EqualTo([4, 4]));
            Assert.That(() => model.Evaluate(x, new[] { 0, 1, 2, 4 }), Throws.ArgumentException);
        }
    }

    [Test]
    public void The_graph_is_read_as_a_list_of_steps()
    {
        Input a = new(2);
        Input b = new(2);
        var shared = new Dense(3);
        KerasTensor left = shared.Apply(a, training: false);
        var model = new Model(new KerasTensor[] { a, b }, new KerasTensor[] { new Add().Apply(left, shared.Apply(b)) });
        ModelStep last = model.Steps[^1];
        Assert.That(last.Layer, Is.TypeOf<Add>());
        Assert.That(model.Steps.Select(s => s.Layer.ClassName), Is.EqualTo(new[] { "Dense", "Dense", "Add" }));
        Assert.That(model.Steps[2].Inputs.Tensors, Is.EqualTo(new[] { left, model.Steps[1].Outputs[0] }));
        Assert.That(model.Steps[0].Inputs.Training, Is.False);
        Assert.That(model.Steps[2].Outputs, Is.EqualTo(model.Outputs));
        Assert.That(new Functional(a, left), Is.InstanceOf<Model>());
        Assert.That(new Sequential(new Input(1), new Dense(1)), Is.InstanceOf<Functional>());
    }
}
