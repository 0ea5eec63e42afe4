module Distillation.Keras.FSharp.Tests.SequenceTests

open NUnit.Framework
open TorchSharp
open Distillation.Keras
open Distillation.Keras.Layers

let private tokens = Array2D.init 6 5 (fun i j -> (3 * i + 2 * j) % 7)
let private labels = [| 0; 1; 2; 0; 1; 2 |]

let private sizes (tensor: torch.Tensor) = List.ofArray tensor.shape

[<Test>]
let ``attention takes a query and a value and its arguments by name`` () =
    use _ = torch.NewDisposeScope()
    let layer = MultiHeadAttention(2, 4, dropout = 0.1)
    let query, value = torch.rand (2L, 4L, 6L), torch.rand (2L, 5L, 6L)
    let call = LayerInputs<torch.Tensor>(query, value).With("return_attention_scores", true)
    let outputs = layer.CallAll(call).Tensors
    Assert.That((sizes outputs[0] = [ 2L; 4L; 6L ]))
    Assert.That((sizes outputs[1] = [ 2L; 2L; 4L; 5L ]))
    let grouped = GroupQueryAttention(head_dim = 4, num_query_heads = 4, num_key_value_heads = 2)
    let one = grouped.CallAll [| query; value |]
    Assert.That((sizes one[0] = [ 2L; 4L; 6L ]))
    let plain = Attention(use_scale = true).CallAll [| query; value |]
    Assert.That((sizes plain[0] = [ 2L; 4L; 6L ]))

[<Test>]
let ``a small transformer block learns from tokens`` () =
    let input = Input(5, dtype = "int32")
    let x = Embedding(7, 8, mask_zero = true).Apply input
    let attended = MultiHeadAttention(2, 4).Apply(x, x)
    let x = LayerNormalization().Apply(Add().Apply(x, attended))
    let model = Model(input, Dense(3, activation = "softmax").Apply(GlobalAveragePooling1D().Apply x))
    model.Compile("adam", "sparse_categorical_crossentropy", [ "accuracy" ])
    let history = model.Fit(tokens, labels, epochs = 3, batch_size = 3, verbose = 0)
    Assert.That(history["loss"][2], Is.LessThan(history["loss"][0]))

[<Test>]
let ``recurrent layers wrap each other and cells are stacked`` () =
    use _ = torch.NewDisposeScope()
    let x = torch.rand (2L, 5L, 4L)
    let both = Bidirectional(LSTM(3, return_sequences = true), merge_mode = "sum")
    Assert.That((sizes (both.Call x) = [ 2L; 5L; 3L ]))
    let cells: RNNCell list = [ GRUCell 3; LSTMCell 2 ]
    Assert.That((sizes (RNN(StackedRNNCells cells).Call x) = [ 2L; 2L ]))
    let states = GRU(3, return_state = true).CallAll [| x |]
    Assert.That(states.Count, Is.EqualTo 2)
    Assert.That((sizes (TimeDistributed(Dense 2).Call x) = [ 2L; 5L; 2L ]))

[<Test>]
let ``words and numbers are looked up`` () =
    let vocabulary = [| "cat"; "dog" |]
    let lookup = StringLookup(vocabulary = vocabulary, output_mode = "one_hot")
    let model = Sequential([ Input(shape = Shape(Array.empty<int>), dtype = "string") :> Layer; lookup ])
    let words = [| "dog"; "eel" |]
    use found = model.Predict words
    Assert.That((found.ToArray<int64>() = [| 0L; 0L; 1L; 1L; 0L; 0L |]))
    let learned = IntegerLookup()
    let numbers = [| 5; 5; 9 |]
    learned.Adapt numbers
    Assert.That(learned.GetVocabulary().Length, Is.EqualTo 3)
    let back = IntegerLookup(vocabulary = learned.GetVocabulary(), invert = true)
    Assert.That(back.VocabularySize(), Is.EqualTo 3)
    let spelled = StringLookup(vocabulary = lookup.GetVocabulary(), invert = true)
    Assert.That((spelled.GetVocabulary() = [| "[UNK]"; "cat"; "dog" |]))
