using Distillation.Keras.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Losses;

public sealed class LossShapesTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [TestCase(4)]
    [TestCase(4, 1)]
    public void Class_numbers_for_categorical_crossentropy_are_refused_with_the_remedy(params int[] targets)
    {
        Assert.That(
            () => new CategoricalCrossentropy().Call(zeros(Array.ConvertAll(targets, s => (long)s), ScalarType.Int64), full(4, 3, 1 / 3f)),
            Throws
                .ArgumentException.With.Message.Contains("sparse_categorical_crossentropy")
                .And.Message.Contains("Utils.ToCategorical")
                .And.Message.Contains(new Shape(targets).ToString())
                .And.Message.Contains("(4, 3)")
        );
    }

    [Test]
    public void One_hot_targets_for_sparse_categorical_crossentropy_are_refused_with_the_remedy()
    {
        Assert.That(
            () => new SparseCategoricalCrossentropy().Call(eye(3), full(3, 3, 1 / 3f)),
            Throws.ArgumentException.With.Message.Contains("One-hot targets need categorical_crossentropy")
        );
    }

    [Test]
    public void A_wrong_number_of_classes_is_refused_with_both_shapes()
    {
        Assert.That(
            () => new CategoricalCrossentropy().Call(zeros(4, 2), full(4, 3, 1 / 3f)),
            Throws
                .ArgumentException.With.Message.Contains("(4, 2)")
                .And.Message.Contains("(4, 3)")
                .And.Message.Not.Contains("ToCategorical")
        );
    }

    [Test]
    public void Targets_n_are_not_broadcast_over_predictions_n_by_n()
    {
        Assert.That(
            () => new MeanSquaredError().Call(zeros(3), zeros(3, 3)),
            Throws.ArgumentException.With.Message.Contains("(3,)").And.Message.Contains("(3, 3)")
        );
    }

    [Test]
    public void Predictions_are_not_broadcast_over_targets()
    {
        Assert.That(
            () => new MeanAbsoluteError().Call(zeros(3, 4), zeros(3, 1)),
            Throws.ArgumentException.With.Message.Contains("(3, 4)").And.Message.Contains("(3, 1)")
        );
    }

    [Test]
    public void Row_weights_for_a_loss_with_positions_are_refused_with_the_shape_to_give()
    {
        Assert.That(
            () => new MeanSquaredError().Call(zeros(4, 3, 2), zeros(4, 3, 2), ones(4)),
            Throws
                .ArgumentException.With.Message.Contains("sample_weight")
                .And.Message.Contains("(4,)")
                .And.Message.Contains("(4, 3)")
                .And.Message.Contains("(4, 1)")
        );
    }

    [Test]
    public void A_mask_of_another_shape_is_refused()
    {
        Assert.That(
            () => new MeanSquaredError().Call(zeros(4, 3, 2), zeros(4, 3, 2), mask: ones(4, 5)),
            Throws.ArgumentException.With.Message.Contains("the mask").And.Message.Contains("(4, 5)")
        );
    }

    [Test]
    public void An_axis_that_is_not_there_is_refused()
    {
        Assert.That(
            () => new BinaryCrossentropy(axis: 2).Call(zeros(4, 3), zeros(4, 3)),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("2 axes")
        );
    }

    [TestCase("average")]
    [TestCase("auto")]
    [TestCase("Sum")]
    public void An_unknown_reduction_is_refused_with_the_known_ones(string reduction)
    {
        Assert.That(
            () => new MeanSquaredError(reduction),
            Throws.ArgumentException.With.Message.Contains(reduction).And.Message.Contains("sum_over_batch_size")
        );
    }

    [Test]
    public void Crossentropy_without_shapes_to_choose_by_is_refused_with_the_choice()
    {
        Assert.That(() => Loss.Get("crossentropy"), Throws.ArgumentException.With.Message.Contains("sparse_categorical_crossentropy"));
    }

    [Test]
    public void Labels_out_of_range_are_refused_before_training_with_the_first_one_and_its_place()
    {
        Loss loss = new SparseCategoricalCrossentropy();
        Assert.That(
            () => loss.ValidateTargets(tensor(new long[] { 0, 2, 3, -1 }), new Shape([null, 3])),
            Throws
                .ArgumentException.With.Message.Contains("0..2")
                .And.Message.Contains("2 of 4")
                .And.Message.Contains("3 (at position 2)")
                .And.Message.Contains("ignore_class")
        );
    }

    [Test]
    public void The_ignored_class_may_lie_out_of_range()
    {
        Loss loss = new SparseCategoricalCrossentropy(ignore_class: -1);
        Assert.That(() => loss.ValidateTargets(tensor(new float[] { 0, 2, -1 }).unsqueeze(-1), new Shape([null, 3])), Throws.Nothing);
    }

    [Test]
    public void Probabilities_as_class_numbers_are_refused_before_training()
    {
        Loss loss = new SparseCategoricalCrossentropy();
        Assert.That(
            () => loss.ValidateTargets(tensor(new[] { 0.2f, 1f }), new Shape([null, 3])),
            Throws.ArgumentException.With.Message.Contains("whole numbers")
        );
    }

    [Test]
    public void Targets_that_do_not_fit_the_output_are_refused_before_training()
    {
        var output = new Shape([null, 3]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new CategoricalCrossentropy().ValidateTargets(zeros(5), output),
                Throws.ArgumentException.With.Message.Contains("(None, 3)").And.Message.Contains("Utils.ToCategorical")
            );
            Assert.That(
                () => new SparseCategoricalCrossentropy().ValidateTargets(zeros(5, 3), output),
                Throws.ArgumentException.With.Message.Contains("One-hot")
            );
            Assert.That(() => new BinaryCrossentropy().ValidateTargets(zeros(5, 1), output), Throws.ArgumentException);
            Assert.That(() => new MeanSquaredError().ValidateTargets(zeros(5, 2), output), Throws.ArgumentException);
            Assert.That(() => new BinaryCrossentropy().ValidateTargets(zeros(5), new Shape([null, 1])), Throws.Nothing);
            Assert.That(() => new MeanSquaredError().ValidateTargets(zeros(5, 1), output), Throws.Nothing);
            Assert.That(() => new CategoricalCrossentropy().ValidateTargets(zeros(5, 3), output), Throws.Nothing);
        }
    }

    [TestCase(3)]
    [TestCase(-1)]
    [TestCase(-100)]
    public void A_label_out_of_range_is_refused_within_a_step_too(long label)
    {
        Assert.That(
            () => new SparseCategoricalCrossentropy(from_logits: true).Call(tensor(new[] { 0, label }), zeros(2, 3)),
            Throws.ArgumentException.With.Message.Contains("0..2")
        );
    }
}
